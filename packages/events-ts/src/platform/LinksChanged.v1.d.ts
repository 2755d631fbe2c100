// platform.LinksChanged.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * The links of a link set are others, in every edition of its content id at once.
 */
export interface LinksChanged {
  content_id: string;
  /**
   * The event of the document's history that this write is: its effects are followed there.
   */
  write_id: string;
}
