// platform.DepartmentRestored.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A department that was suspended or removed stands again.
 */
export interface DepartmentRestored {
  slug: string;
}
