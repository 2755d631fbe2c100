// environment-agency.FloodWarningIssued.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A flood warning was issued, changed or ended for one flood area, as the Environment Agency's flood-monitoring API gives it.
 */
export interface FloodWarningIssued {
  /**
   * The code of the flood area or flood alert area.
   */
  floodAreaID: string;
  /**
   * The name of the area, as people know it.
   */
  description: string;
  eaAreaName?: string;
  eaRegionName?: string;
  /**
   * The counties the area lies in, separated by commas.
   */
  county?: string;
  riverOrSea?: string;
  /**
   * Whether the warning is of the sea or a tidal river.
   */
  isTidal?: boolean;
  severity: "Severe flood warning" | "Flood warning" | "Flood alert" | "Warning no longer in force";
  /**
   * 1 is a severe flood warning, 2 a flood warning, 3 a flood alert, 4 a warning no longer in force.
   */
  severityLevel: number;
  /**
   * What is happening and what people should do.
   */
  message?: string;
  /**
   * When the warning was first issued.
   */
  timeRaised: string;
  timeMessageChanged?: string;
  timeSeverityChanged?: string;
}
