// platform.ContentPublishRequested.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * Make this the published edition at `base_path`, creating the content item if there is none.
 */
export interface ContentPublishRequested {
  base_path: string;
  schema_name: string;
  document_type: string;
  title: string;
  description?: string | null;
  details: {
    [k: string]: unknown;
  };
  locale?: string;
  update_type?: "major" | "minor" | "republish";
  change_note?: string | null;
}
