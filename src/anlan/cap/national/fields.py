"""The fields of a national message in their order, as the 12379 interface lists them."""

from typing import NamedTuple

source = "the field list of the 12379 interface, as two public clients quote it"
unverified = "the text of GB/T 35965.1-2018 and GB/T 34283-2017"


class FieldRow(NamedTuple):
    """One field: where it stands, its Chinese name, whether it must be there, its place in CAP."""

    path: str
    title: str
    is_required: bool
    cap: str

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]

    @property
    def parent(self) -> str:
        return self.path.rpartition("/")[0]


FIELDS = (
    FieldRow("identifier", "预警信息唯一标识", True, "identifier"),
    FieldRow("sender", "发布单位名称", True, "info/senderName"),
    FieldRow("senderCode", "发布单位编码", True, "identifier"),
    FieldRow("phone", "发布单位手机", False, ""),
    FieldRow("sendTime", "发布时间", True, "sent"),
    FieldRow("status", "预警信息类型", True, "status"),
    FieldRow("msgType", "预警信息状态", True, "msgType"),
    FieldRow("scope", "发布范围", True, "scope"),
    FieldRow("code", "发布手段和对象", True, ""),
    FieldRow("code/method/methodName", "发布手段编码", True, ""),
    FieldRow("code/method/message", "该手段的发布内容", False, ""),
    FieldRow("code/method/audienceGrp", "发布对象群组", False, ""),
    FieldRow("code/method/audiencePrt", "单独发布对象", False, ""),
    FieldRow("secClassification", "密级", False, ""),
    FieldRow("note", "解除原因说明", False, "note"),
    FieldRow("references", "引用的首发预警信息", False, "references"),
    FieldRow("info", "预警信息内容", True, "info"),
    FieldRow("info/language", "语言", False, "info/language"),
    FieldRow("info/eventType", "事件类型编码", True, "info/eventCode"),
    FieldRow("info/urgency", "紧急程度", True, "info/urgency"),
    FieldRow("info/severity", "严重程度（预警级别）", True, "info/severity"),
    FieldRow("info/certainty", "可能程度", True, "info/certainty"),
    FieldRow("info/effective", "生效时间", True, "info/effective"),
    FieldRow("info/onset", "预期发生时间", False, "info/onset"),
    FieldRow("info/expires", "失效时间", False, "info/expires"),
    FieldRow("info/senderName", "签发员", True, ""),
    FieldRow("info/headline", "标题", True, "info/headline"),
    FieldRow("info/description", "正文", True, "info/description"),
    FieldRow("info/instruction", "建议采取措施", False, "info/instruction"),
    FieldRow("info/web", "网址", False, "info/web"),
    FieldRow("info/resource/resourceDesc", "附件文件名", True, "info/resource/resourceDesc"),
    FieldRow("info/resource/size", "附件大小（字节）", True, "info/resource/size"),
    FieldRow("info/resource/digest", "附件 SHA-1", False, "info/resource/digest"),
    FieldRow("info/area/areaDesc", "影响区域描述", True, "info/area/areaDesc"),
    FieldRow("info/area/polygon", "多边形", False, "info/area/polygon"),
    FieldRow("info/area/circle", "圆（半径为米）", False, "info/area/circle"),
    FieldRow("info/area/geocode", "行政区划代码", True, "info/area/geocode"),
)


def fields_in(parent: str) -> tuple[FieldRow, ...]:
    """The fields that stand directly in a part, in their order; "" is the message itself."""
    return tuple(field for field in FIELDS if field.parent == parent)
