"""The content types: what an edition of each may hold, field by field.

A type is a pydantic model in a file of its own, found in `registry` by its `schema_name`. Models are strict: an unknown field or a wrong
type is refused with a JSON pointer to it, as the Publishing API answers (an array of failures). What several types are made of is in
`edition`, `fields`, `parts`, `government`, `attachments` and `images`. The source is content-types.md; where that cuts a list or an object
short, GOV.UK's own schemas (alphagov/publishing-api, `content_schemas/`) fill it in.
"""
