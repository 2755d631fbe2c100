// platform.NotificationStatusChanged.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A notification has another status; `reason` says more where the status alone does not.
 */
export interface NotificationStatusChanged {
  service_id: string;
  notification_id: string;
  /**
   * Absent for a precompiled letter.
   */
  template_id?: string | null;
  channel: "email" | "sms" | "letter";
  key_type: "live" | "team" | "test";
  status: string;
  reason?: string | null;
}
