"""Addresses of the warning app."""

from django.urls import path

from anlan.apps.warning.views import lists, messages
from anlan.apps.warning.views.calling import answer, board, papers, silent
from anlan.apps.warning.views.case import page
from anlan.apps.warning.views.devices import quiet, recordings
from anlan.apps.warning.views.evaluation import delivery, monthly
from anlan.apps.warning.views.evaluation import page as evaluated
from anlan.apps.warning.views.evaluation import single as evaluated_one
from anlan.apps.warning.views.incoming import bearing
from anlan.apps.warning.views.incoming import lists as incoming_lists
from anlan.apps.warning.views.incoming import page as incoming_page
from anlan.apps.warning.views.risk import fresh as risk_fresh
from anlan.apps.warning.views.risk import lists as risk_lists
from anlan.apps.warning.views.risk import page as risk_page
from anlan.apps.warning.views.told import outlook, reached
from anlan.apps.warning.views.write import areas, drafting, editor

app_name = "warning"
urlpatterns = [
    path("", lists.page, name="warnings"),
    path("export.csv", lists.export, {"form": "csv"}, name="export-csv"),
    path("export.xlsx", lists.export, {"form": "xlsx"}, name="export-xlsx"),
    path("new", drafting.new, name="new"),
    path("from/<slug:alarm>", drafting.from_alarm, name="from-alarm"),
    path("silent.json", silent.areas, name="silent"),
    path("answer/<str:token>", answer.answer, name="answer"),
    path("evaluation/", evaluated.page, name="evaluation"),
    path("evaluation/export.csv", evaluated.export, {"form": "csv"}, name="evaluation-csv"),
    path("evaluation/export.xlsx", evaluated.export, {"form": "xlsx"}, name="evaluation-xlsx"),
    path("evaluation/delivery", delivery.page, name="delivery"),
    path("evaluation/delivery.csv", delivery.export, {"form": "csv"}, name="delivery-csv"),
    path("evaluation/delivery.xlsx", delivery.export, {"form": "xlsx"}, name="delivery-xlsx"),
    path("evaluation/month", monthly.page, name="month"),
    path("evaluation/month/close", monthly.close, name="month-close"),
    path("evaluation/month.<slug:language>.pdf", monthly.sheet, name="month-pdf"),
    path("incoming/", incoming_lists.page, name="incoming"),
    path("incoming/export.csv", incoming_lists.export, {"form": "csv"}, name="incoming-csv"),
    path("incoming/export.xlsx", incoming_lists.export, {"form": "xlsx"}, name="incoming-xlsx"),
    path("incoming/areas.json", incoming_page.areas, name="incoming-areas"),
    path("incoming/<slug:key>", incoming_page.page, name="incoming-one"),
    path("incoming/<slug:key>/limits/<slug:verb>", bearing.decide, name="incoming-limits"),
    path("incoming/<slug:key>/draft", incoming_page.draft, name="incoming-draft"),
    path("incoming/<slug:key>/<int:pk>.xml", incoming_page.message, name="incoming-message"),
    path("risks/", risk_lists.page, name="risks"),
    path("risks/export.csv", risk_lists.export, {"form": "csv"}, name="risks-csv"),
    path("risks/export.xlsx", risk_lists.export, {"form": "xlsx"}, name="risks-xlsx"),
    path("risks/new", risk_fresh.new, name="risk-new"),
    path("risks/pictures/<slug:key>", risk_page.picture, name="risk-picture"),
    path("risks/<slug:key>", risk_page.page, name="risk"),
    path("risks/<slug:key>/<slug:verb>", risk_page.act, name="risk-act"),
    path("devices/", quiet.page, name="devices"),
    path("devices/marks.json", quiet.marks, name="devices-marks"),
    path("recordings/", recordings.page, name="recordings"),
    path("recordings/<slug:key>.sound", recordings.sound, name="recording-sound"),
    path("recordings/<slug:key>/<slug:verb>", recordings.act, name="recording-act"),
    path("<slug:key>", page.page, name="warning"),
    path("<slug:key>/edit", editor.edit, name="edit"),
    path("<slug:key>/check", editor.check, name="check"),
    path("<slug:key>/area", areas.area, name="area"),
    path("<slug:key>/seats", editor.seats, name="seats"),
    path("<slug:key>/messages/<int:order>.xml", messages.message, name="message"),
    path("<slug:key>/messages/<int:order>/posts", messages.posts, name="posts"),
    path(
        "<slug:key>/messages/<int:order>.<slug:language>.<slug:form>",
        messages.sheet,
        name="sheet",
    ),
    path("<slug:key>/outlook", outlook.part, name="outlook"),
    path("<slug:key>/reached", reached.part, name="reached"),
    path("<slug:key>/evaluation", evaluated_one.page, name="evaluation-one"),
    path("<slug:key>/calls", board.board, name="calls"),
    path("<slug:key>/calls/curve.json", board.curve, name="calls-curve"),
    path("<slug:key>/calls/certificate", papers.certificate, name="calls-certificate"),
    path("<slug:key>/calls/export.csv", papers.export, {"form": "csv"}, name="calls-csv"),
    path("<slug:key>/calls/export.xlsx", papers.export, {"form": "xlsx"}, name="calls-xlsx"),
    path("<slug:key>/calls/<slug:call>/<slug:verb>", board.act, name="call-act"),
    path("<slug:key>/<slug:verb>", page.act, name="act"),
]
