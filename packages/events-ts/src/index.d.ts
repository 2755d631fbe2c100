// Every type of event by its name, generated from their schemas: not for editing.

import type { LocalAuthorityRecorded as CommunitiesLocalAuthorityRecorded } from "./communities/LocalAuthorityRecorded.v1.js";
import type { FloodWarningIssued as EnvironmentAgencyFloodWarningIssued } from "./environment-agency/FloodWarningIssued.v1.js";
import type { CallbackFailed as PlatformCallbackFailed } from "./platform/CallbackFailed.v1.js";
import type { ComplaintReceived as PlatformComplaintReceived } from "./platform/ComplaintReceived.v1.js";
import type { ContentPublishRequested as PlatformContentPublishRequested } from "./platform/ContentPublishRequested.v1.js";
import type { ContentPublished as PlatformContentPublished } from "./platform/ContentPublished.v1.js";
import type { ContentRendered as PlatformContentRendered } from "./platform/ContentRendered.v1.js";
import type { ContentUnpublishRequested as PlatformContentUnpublishRequested } from "./platform/ContentUnpublishRequested.v1.js";
import type { ContentUnpublished as PlatformContentUnpublished } from "./platform/ContentUnpublished.v1.js";
import type { DatasetLoadRefused as PlatformDatasetLoadRefused } from "./platform/DatasetLoadRefused.v1.js";
import type { DatasetLoaded as PlatformDatasetLoaded } from "./platform/DatasetLoaded.v1.js";
import type { DepartmentRemoved as PlatformDepartmentRemoved } from "./platform/DepartmentRemoved.v1.js";
import type { DepartmentRestored as PlatformDepartmentRestored } from "./platform/DepartmentRestored.v1.js";
import type { DepartmentSuspended as PlatformDepartmentSuspended } from "./platform/DepartmentSuspended.v1.js";
import type { EntriesAppended as PlatformEntriesAppended } from "./platform/EntriesAppended.v1.js";
import type { EventForwarded as PlatformEventForwarded } from "./platform/EventForwarded.v1.js";
import type { EventRejected as PlatformEventRejected } from "./platform/EventRejected.v1.js";
import type { ForwardRequested as PlatformForwardRequested } from "./platform/ForwardRequested.v1.js";
import type { KeyCreated as PlatformKeyCreated } from "./platform/KeyCreated.v1.js";
import type { KeyRevoked as PlatformKeyRevoked } from "./platform/KeyRevoked.v1.js";
import type { LetterUploaded as PlatformLetterUploaded } from "./platform/LetterUploaded.v1.js";
import type { LinksChanged as PlatformLinksChanged } from "./platform/LinksChanged.v1.js";
import type { NotificationAccepted as PlatformNotificationAccepted } from "./platform/NotificationAccepted.v1.js";
import type { NotificationRequested as PlatformNotificationRequested } from "./platform/NotificationRequested.v1.js";
import type { NotificationStatusChanged as PlatformNotificationStatusChanged } from "./platform/NotificationStatusChanged.v1.js";
import type { RecordAppended as PlatformRecordAppended } from "./platform/RecordAppended.v1.js";
import type { RecordSubmitted as PlatformRecordSubmitted } from "./platform/RecordSubmitted.v1.js";
import type { SendingChanged as PlatformSendingChanged } from "./platform/SendingChanged.v1.js";
import type { ServiceCreated as PlatformServiceCreated } from "./platform/ServiceCreated.v1.js";
import type { SnapshotBuilt as PlatformSnapshotBuilt } from "./platform/SnapshotBuilt.v1.js";
import type { SubscriberAdded as PlatformSubscriberAdded } from "./platform/SubscriberAdded.v1.js";
import type { SubscriberRemoved as PlatformSubscriberRemoved } from "./platform/SubscriberRemoved.v1.js";
import type { TemplateArchived as PlatformTemplateArchived } from "./platform/TemplateArchived.v1.js";
import type { TemplateSaved as PlatformTemplateSaved } from "./platform/TemplateSaved.v1.js";
import type { TextReceived as PlatformTextReceived } from "./platform/TextReceived.v1.js";
import type { UnsubscribeRequested as PlatformUnsubscribeRequested } from "./platform/UnsubscribeRequested.v1.js";

/** The data of each type of event. */
export interface EventTypes {
  "communities.LocalAuthorityRecorded.v1": CommunitiesLocalAuthorityRecorded;
  "environment-agency.FloodWarningIssued.v1": EnvironmentAgencyFloodWarningIssued;
  "platform.CallbackFailed.v1": PlatformCallbackFailed;
  "platform.ComplaintReceived.v1": PlatformComplaintReceived;
  "platform.ContentPublishRequested.v1": PlatformContentPublishRequested;
  "platform.ContentPublished.v1": PlatformContentPublished;
  "platform.ContentRendered.v1": PlatformContentRendered;
  "platform.ContentUnpublishRequested.v1": PlatformContentUnpublishRequested;
  "platform.ContentUnpublished.v1": PlatformContentUnpublished;
  "platform.DatasetLoadRefused.v1": PlatformDatasetLoadRefused;
  "platform.DatasetLoaded.v1": PlatformDatasetLoaded;
  "platform.DepartmentRemoved.v1": PlatformDepartmentRemoved;
  "platform.DepartmentRestored.v1": PlatformDepartmentRestored;
  "platform.DepartmentSuspended.v1": PlatformDepartmentSuspended;
  "platform.EntriesAppended.v1": PlatformEntriesAppended;
  "platform.EventForwarded.v1": PlatformEventForwarded;
  "platform.EventRejected.v1": PlatformEventRejected;
  "platform.ForwardRequested.v1": PlatformForwardRequested;
  "platform.KeyCreated.v1": PlatformKeyCreated;
  "platform.KeyRevoked.v1": PlatformKeyRevoked;
  "platform.LetterUploaded.v1": PlatformLetterUploaded;
  "platform.LinksChanged.v1": PlatformLinksChanged;
  "platform.NotificationAccepted.v1": PlatformNotificationAccepted;
  "platform.NotificationRequested.v1": PlatformNotificationRequested;
  "platform.NotificationStatusChanged.v1": PlatformNotificationStatusChanged;
  "platform.RecordAppended.v1": PlatformRecordAppended;
  "platform.RecordSubmitted.v1": PlatformRecordSubmitted;
  "platform.SendingChanged.v1": PlatformSendingChanged;
  "platform.ServiceCreated.v1": PlatformServiceCreated;
  "platform.SnapshotBuilt.v1": PlatformSnapshotBuilt;
  "platform.SubscriberAdded.v1": PlatformSubscriberAdded;
  "platform.SubscriberRemoved.v1": PlatformSubscriberRemoved;
  "platform.TemplateArchived.v1": PlatformTemplateArchived;
  "platform.TemplateSaved.v1": PlatformTemplateSaved;
  "platform.TextReceived.v1": PlatformTextReceived;
  "platform.UnsubscribeRequested.v1": PlatformUnsubscribeRequested;
}

export type EventType = keyof EventTypes;

/** One event: a CloudEvent 1.0 with the platform's extensions. */
export interface CloudEvent<Type extends EventType = EventType> {
  specversion: "1.0";
  id: string;
  source: string;
  type: Type;
  /** RFC 3339. */
  time: string;
  datacontenttype?: "application/json";
  dataschema?: string;
  subject?: string;
  /** The version of the subject, by which late events lose. */
  sequence?: string;
  correlationid?: string;
  causationid?: string;
  dataclassification?: string;
  traceparent?: string;
  hops?: number;
  data: EventTypes[Type];
}

/** Any event, told apart by its `type`. */
export type AnyEvent = { [Type in EventType]: CloudEvent<Type> }[EventType];

/** The paths that lead to a value's fields: `postcode`, `address.postcode`, and through a list to each of its members. */
export type PathTo<Value> = Value extends readonly (infer Member)[]
  ? PathTo<Member>
  : Value extends object
    ? { [Name in keyof Value & string]: Name | `${Name}.${PathTo<NonNullable<Value[Name]>>}` }[keyof Value & string]
    : never;

/** What is left of a value of which a subscriber is given these paths. What is given in part is there where something of it is left. */
export type Given<Value, Path extends string> = Value extends readonly (infer Member)[]
  ? Given<Member, Path>[]
  : Value extends object
    ? { [Name in keyof Value as Name & Path]: Value[Name] } & {
        [Name in keyof Value as Name extends Path ? never : Name & First<Path>]?: Given<NonNullable<Value[Name]>, Rest<Path, Name & string>>;
      }
    : never;
type First<Path extends string> = Path extends `${infer Name}.${string}` ? Name : never;
type Rest<Path extends string, Name extends string> = Path extends `${Name}.${infer Inner}` ? Inner : never;

/** An event as it comes to a subscriber: its data is the fields that both departments' files name. */
export type GivenEvent<Type extends EventType, Path extends PathTo<EventTypes[Type]>> = Omit<CloudEvent<Type>, "data" | "dataschema"> & {
  data: Given<EventTypes[Type], Path>;
};
