"""Messages for the tests of CAP, written here."""

from anlan.cap.schema import NAMESPACES

RING = "30.0,110.0 30.0,110.1 30.1,110.1 30.1,110.0 30.0,110.0"

AREA = f"""<area>
      <areaDesc>桥东区</areaDesc>
      <polygon>{RING}</polygon>
      <circle>30.05,110.05 2.5</circle>
      <geocode><valueName>region</valueName><value>990102</value></geocode>
    </area>"""

INFO = f"""<info>
    <language>zh-CN</language>
    <category>Met</category>
    <event>暴雨</event>
    <responseType>Prepare</responseType>
    <urgency>Expected</urgency>
    <severity>Severe</severity>
    <certainty>Likely</certainty>
    <eventCode><valueName>national</valueName><value>11B03</value></eventCode>
    <effective>2026-07-01T08:00:00+08:00</effective>
    <expires>2026-07-01T20:00:00+08:00</expires>
    <senderName>安澜市气象台</senderName>
    <headline>安澜市气象台发布暴雨橙色预警</headline>
    <description>预计 3 小时内雨量达 50 毫米以上 &amp; 伴有雷电。</description>
    {AREA}
  </info>"""

ALERT = f"""<alert xmlns="{NAMESPACES["1.2"]}">
  <identifier>99010041600000_20260701080000</identifier>
  <sender>met@anlan.example</sender>
  <sent>2026-07-01T08:00:00+08:00</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <scope>Public</scope>
  {INFO}
</alert>"""

ALERT_1_0 = f"""<alert xmlns="{NAMESPACES["1.0"]}">
  <identifier>one</identifier>
  <sender>s</sender>
  <sent>2003-06-17T14:57:00-07:00</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <password>secret</password>
  <info>
    <event>thunderstorm</event>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Very Likely</certainty>
    <eventCode>same=SVR</eventCode>
    <eventCode>no pair</eventCode>
    <area><areaDesc>here</areaDesc><geocode>fips6=006109=x</geocode></area>
  </info>
</alert>"""


def with_polygons(*polygons: str) -> str:
    """The message with other polygons in its one area."""
    told = "".join(f"<polygon>{text}</polygon>" for text in polygons)
    return ALERT.replace(f"<polygon>{RING}</polygon>", told)
