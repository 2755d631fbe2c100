// platform.TemplateSaved.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A template has a new version.
 */
export interface TemplateSaved {
  service_id: string;
  template_id: string;
  version: number;
  channel: "email" | "sms" | "letter";
}
