// platform.ContentUnpublishRequested.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * Take the edition at `base_path` away, in one of the ways the publishing contract knows (1.7).
 */
export interface ContentUnpublishRequested {
  base_path: string;
  type: "withdrawal" | "gone" | "redirect" | "vanish";
  explanation?: string | null;
  alternative_path?: string | null;
  locale?: string;
}
