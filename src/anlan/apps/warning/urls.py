"""Addresses of the warning app."""

from django.urls import path

from anlan.apps.warning.views import areas, drafting, editor, lists, messages, outlook, page, reached

app_name = "warning"
urlpatterns = [
    path("", lists.page, name="warnings"),
    path("export.csv", lists.export, {"form": "csv"}, name="export-csv"),
    path("export.xlsx", lists.export, {"form": "xlsx"}, name="export-xlsx"),
    path("new", drafting.new, name="new"),
    path("from/<slug:alarm>", drafting.from_alarm, name="from-alarm"),
    path("<slug:key>", page.page, name="warning"),
    path("<slug:key>/edit", editor.edit, name="edit"),
    path("<slug:key>/check", editor.check, name="check"),
    path("<slug:key>/area", areas.area, name="area"),
    path("<slug:key>/seats", editor.seats, name="seats"),
    path("<slug:key>/messages/<int:order>.xml", messages.message, name="message"),
    path(
        "<slug:key>/messages/<int:order>.<slug:language>.<slug:form>",
        messages.sheet,
        name="sheet",
    ),
    path("<slug:key>/outlook", outlook.part, name="outlook"),
    path("<slug:key>/reached", reached.part, name="reached"),
    path("<slug:key>/<slug:verb>", page.act, name="act"),
]
