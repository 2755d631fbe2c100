// What somebody writes with the types; each line that is expected to be refused must be.

import type { AnyEvent, CloudEvent, EventTypes, Given, GivenEvent, PathTo } from "../src/index.js";

type Warning = EventTypes["environment-agency.FloodWarningIssued.v1"];

const warning: Warning = {
  floodAreaID: "065WAF441",
  description: "Upper Ouse in East Sussex",
  severity: "Flood warning",
  severityLevel: 2,
  timeRaised: "2026-11-23T09:30:00Z",
};

export const event: CloudEvent<"environment-agency.FloodWarningIssued.v1"> = {
  specversion: "1.0",
  id: "01a20754-1135-7097-986f-973c2a4dca33",
  source: "uk.gov.environment-agency.floods",
  type: "environment-agency.FloodWarningIssued.v1",
  time: "2026-11-23T09:30:00Z",
  data: warning,
};

/** Where an event happened: its type says which data it has. */
export function place(heard: AnyEvent): string | undefined {
  switch (heard.type) {
    case "environment-agency.FloodWarningIssued.v1":
      return heard.data.county;
    case "communities.LocalAuthorityRecorded.v1":
      return heard.data["official-name"];
    default:
      return undefined;
  }
}

// @ts-expect-error A field of another kind.
export const wrongKind: Warning = { ...warning, severityLevel: "2" };

// @ts-expect-error A value that the schema does not list.
export const wrongValue: Warning = { ...warning, severity: "Wet" };

// @ts-expect-error A field that the schema does not have.
export const unknownField: Warning = { ...warning, colour: "red" };

// @ts-expect-error Fields that are missing.
export const incomplete: Warning = { floodAreaID: "065WAF441" };

// @ts-expect-error A type of event that nobody has.
export const unknownType: CloudEvent<"parks.GateClosed.v1"> = event;

/** What a subscriber is given: some fields, and of these the ones that may be absent still may. */
export function given(heard: GivenEvent<"environment-agency.FloodWarningIssued.v1", "floodAreaID" | "county">): string {
  return `${heard.data.floodAreaID} in ${heard.data.county ?? "no county"}`;
}

// @ts-expect-error A field that is not given.
export const notGiven = (heard: GivenEvent<"environment-agency.FloodWarningIssued.v1", "county">) => heard.data.message;

// @ts-expect-error A field that the event does not have.
export type Unknown = GivenEvent<"environment-agency.FloodWarningIssued.v1", "colour">;

interface Move {
  name: string;
  home: { line: string; postcode: string };
  others?: { line: string; postcode: string }[];
}

type Moved = Given<Move, PathTo<Move> & ("name" | "home.postcode" | "others.postcode")>;

export const moved: Moved = { name: "Jo", others: [{ postcode: "YO1" }] };
export const postcodes: (string | undefined)[] = [moved.home?.postcode, moved.others?.[0]?.postcode];

// @ts-expect-error A field within an object of which another is given.
export const line = moved.home?.line;
