// Write the types of events: node generate.mjs <folder of schemas> <folder for the types>.
// A schema is <owner>/<Fact>/<major>.<minor>.<patch>.json; of each major, the newest version is taken.

import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compile } from "json-schema-to-typescript";

const [from, to] = process.argv.slice(2);
const FILE = /^([a-z][a-z0-9-]*)\/([A-Z][A-Za-z0-9]*)\/([1-9][0-9]*)\.([0-9]+)\.([0-9]+)\.json$/;

/** The newest version of each major of each type, by the type's name. */
async function newest() {
  const found = new Map();
  for (const file of await readdir(from, { recursive: true })) {
    const [, owner, fact, ...numbers] = FILE.exec(file.replaceAll("\\", "/")) ?? [];
    if (!owner) continue;
    const [major, minor, patch] = numbers.map(Number);
    const type = `${owner}.${fact}.v${major}`;
    const known = found.get(type);
    if (!known || known.minor < minor || (known.minor === minor && known.patch < patch)) {
      found.set(type, { type, owner, fact, major, minor, patch, file });
    }
  }
  return [...found.values()].sort((one, other) => (one.type < other.type ? -1 : 1));
}

/** The name of a type's interface: two majors of one fact stand beside each other. */
const name = (version) => (version.major === 1 ? version.fact : `${version.fact}V${version.major}`);
const home = (version) => `${version.owner}/${version.fact}.v${version.major}`;

/** A name that no other owner's fact has. */
const alias = (version) => `${version.owner.replace(/(^|-)([a-z0-9])/g, (_, __, letter) => letter.toUpperCase())}${name(version)}`;

const VALUES = new Set(["const", "default", "enum", "examples"]);

/** A schema without titles: each would become a type of its own, and a field is read best with its type beside it. */
function untitled(schema) {
  if (Array.isArray(schema)) return schema.map(untitled);
  if (typeof schema !== "object" || schema === null) return schema;
  const kept = Object.entries(schema).filter(([keyword, value]) => keyword !== "title" || typeof value !== "string");
  return Object.fromEntries(kept.map(([keyword, value]) => [keyword, VALUES.has(keyword) ? value : untitled(value)]));
}

/** The text of one type's file. */
async function types(version) {
  const { $id, $schema, ...schema } = untitled(JSON.parse(await readFile(join(from, version.file), "utf8")));
  const number = `${version.major}.${version.minor}.${version.patch}`;
  return compile({ ...schema, title: name(version) }, name(version), {
    bannerComment: `// ${version.type}, generated from version ${number} of its schema: not for editing.`,
    format: true,
    style: { printWidth: 140 },
  });
}

function index(versions) {
  const imports = versions.map((one) => `import type { ${name(one)} as ${alias(one)} } from "./${home(one)}.js";`);
  const members = versions.map((one) => `  "${one.type}": ${alias(one)};`);
  return `// Every type of event by its name, generated from their schemas: not for editing.

${imports.join("\n")}

/** The data of each type of event. */
export interface EventTypes {
${members.join("\n")}
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

/** Any event, told apart by its \`type\`. */
export type AnyEvent = { [Type in EventType]: CloudEvent<Type> }[EventType];

/** The paths that lead to a value's fields: \`postcode\`, \`address.postcode\`, and through a list to each of its members. */
export type PathTo<Value> = Value extends readonly (infer Member)[]
  ? PathTo<Member>
  : Value extends object
    ? { [Name in keyof Value & string]: Name | \`\${Name}.\${PathTo<NonNullable<Value[Name]>>}\` }[keyof Value & string]
    : never;

/** What is left of a value of which a subscriber is given these paths. What is given in part is there where something of it is left. */
export type Given<Value, Path extends string> = Value extends readonly (infer Member)[]
  ? Given<Member, Path>[]
  : Value extends object
    ? { [Name in keyof Value as Name & Path]: Value[Name] } & {
        [Name in keyof Value as Name extends Path ? never : Name & First<Path>]?: Given<NonNullable<Value[Name]>, Rest<Path, Name & string>>;
      }
    : never;
type First<Path extends string> = Path extends \`\${infer Name}.\${string}\` ? Name : never;
type Rest<Path extends string, Name extends string> = Path extends \`\${Name}.\${infer Inner}\` ? Inner : never;

/** An event as it comes to a subscriber: its data is the fields that both departments' files name. */
export type GivenEvent<Type extends EventType, Path extends PathTo<EventTypes[Type]>> = Omit<CloudEvent<Type>, "data" | "dataschema"> & {
  data: Given<EventTypes[Type], Path>;
};
`;
}

const versions = await newest();
await rm(to, { recursive: true, force: true });
for (const version of versions) {
  await mkdir(join(to, version.owner), { recursive: true });
  await writeFile(join(to, `${home(version)}.d.ts`), await types(version));
}
await writeFile(join(to, "index.d.ts"), index(versions));
