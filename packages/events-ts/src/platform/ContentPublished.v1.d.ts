// platform.ContentPublished.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * An edition is live.
 */
export interface ContentPublished {
  content_id: string;
  locale: string;
  base_path?: string | null;
  schema_name: string;
  document_type: string;
  title: string;
  update_type: string;
  user_facing_version: number;
  /**
   * The event of the document's history that this write is: its effects are followed there.
   */
  write_id: string;
}
