// communities.LocalAuthorityRecorded.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A local authority in England was entered or changed in the register. Fields that are not known are left out.
 */
export interface LocalAuthorityRecorded {
  /**
   * The register's own code for the authority.
   */
  "local-authority-eng": string;
  /**
   * City corporation, county, London borough, metropolitan district, non-metropolitan district, strategic regional or unitary authority.
   */
  "local-authority-type": "CC" | "CTY" | "LBO" | "MD" | "NMD" | "SRA" | "UA";
  name: string;
  "official-name": string;
  /**
   * The day on which the authority came into being.
   */
  "start-date"?: string;
  /**
   * The day on which the authority ceased to be.
   */
  "end-date"?: string;
}
