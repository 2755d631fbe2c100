// platform.DatasetLoaded.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A file that a department sent was loaded: `rows` of it were read, `appended` entries made, `removed` of which end a record.
 */
export interface DatasetLoaded {
  register_name: string;
  upload_id: string;
  rows: number;
  unchanged: number;
  removed: number;
  appended: number;
}
