"""Uploads and their rows as the API shows them, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from geoplan.catalogue import City, Layer
from geoplan.store.upload_rows import UploadRow
from geoplan.store.uploads import Event, Upload
from geoplan.text import Lang
from geoplan.uploads.documents import told
from geoplan.uploads.suggestions import suggest

Document = dict[str, Any]


def line(upload: Upload) -> Document:
    """An upload as a list shows it."""
    return {
        "id": upload.id,
        "state": upload.state,
        "version": upload.version,
        "layer": upload.layer,
        "unit": upload.unit,
        "file_name": upload.file_name,
        "size": upload.size,
        "account": upload.account,
        "created_at": upload.created_at,
        "checked_at": upload.checked_at,
        "submitted_at": upload.submitted_at,
        "decided_at": upload.decided_at,
        "published_at": upload.published_at,
        "rolled_back_at": upload.rolled_back_at,
        "counts": upload.counts,
        "progress": upload.progress,
        "valid_only": upload.valid_only,
        "corrects": upload.corrects,
    }


def whole(
    upload: Upload, events: Sequence[Event], codes: Mapping[str, int], city: City, lang: Lang
) -> Document:
    """An upload with everything but its rows; `codes`  how many of these have each finding."""
    layer = city.layer(upload.layer)
    reading = upload.reading or {}
    return {
        **line(upload),
        "sha256": upload.sha256,
        "format": upload.format,
        "options": upload.options,
        "note": upload.note,
        "decided_by": upload.decided_by,
        "crs": None if upload.crs is None else {**upload.crs, "detail": upload.crs["detail"][lang]},
        "file_issues": [told(issue, lang) for issue in upload.file_issues],
        "reading": {
            name: reading.get(name)
            for name in ("sheet", "sheets", "encoding", "header_row", "skipped")
        }
        if reading
        else None,
        "headers": [_header(header, layer) for header in reading.get("headers", ())],
        "fields": [_field(field, lang) for field in layer.all_fields()],
        "codes": dict(codes),
        "changes": upload.changes,
        "events": [asdict(event) for event in events],
    }


def row_document(row: UploadRow, sheet: str | None, lang: Lang) -> Document:
    """A row with its findings and what was decided."""
    match = row.match and {**row.match, "confirmed": row.match.get("confirmed")}
    return {
        "row": row.row,
        "sheet": sheet,
        "verdict": row.verdict,
        "lon": row.lon,
        "lat": row.lat,
        "geometry": None if row.geometry is None else json.loads(row.geometry),
        "unit": row.unit,
        "values": row.values,
        "raw": row.raw,
        "original": row.original,
        "source_crs": row.source_crs,
        "issues": [told(issue, lang) for issue in row.issues],
        "warnings": row.warnings,
        "accepted": row.accepted,
        "match": match,
        "decision": row.decision,
        "reason": row.reason,
        "ready": row.ready,
        "feature_id": row.feature_id,
        "change": row.change,
    }


def _header(header: Document, layer: Layer) -> Document:
    known = header["field"] is not None
    suggestions = [] if known else suggest(header["header"], layer)
    return {**header, "suggestions": suggestions}


def _field(field: Any, lang: Lang) -> Document:
    return {
        "id": field.id,
        "title": field.title.get(lang),
        "type": field.type,
        "unit": None if field.unit is None else field.unit.get(lang),
        "required": field.required,
        "personal": field.personal,
    }
