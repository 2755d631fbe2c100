// platform.ContentRendered.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * What changed at a path is on the site: its pages stand as its content does. `revision` counts the changes at the path.
 */
export interface ContentRendered {
  content_id: string;
  locale: string;
  base_path: string;
  revision: number;
}
