// platform.ContentUnpublished.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * An edition is withdrawn, gone, redirected or vanished.
 */
export interface ContentUnpublished {
  content_id: string;
  locale: string;
  base_path?: string | null;
  type: "withdrawal" | "gone" | "redirect" | "vanish";
  /**
   * The event of the document's history that this write is: its effects are followed there.
   */
  write_id: string;
}
