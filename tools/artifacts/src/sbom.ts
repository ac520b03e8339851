import { createHash } from 'node:crypto';
import { Contrib, Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import parseSpdx from 'spdx-expression-parse';
import type { Commit } from './commit.ts';
import type { Part } from './parts.ts';

/** What a software bill of materials is made from. */
export interface SbomInput {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly commit: Commit;
  readonly parts: readonly Part[];
  /** Packages that the program imports where they are installed. */
  readonly notIncluded: readonly string[];
}

const specification = Spec.Spec1dot6;

/**
 * The parts of an artifact in CycloneDX 1.6: what was bundled, not what was installed. Serial number and time are those of the commit,
 * so that two builds have the same.
 */
export function sbomText({ name, version, license, commit, parts, notIncluded }: SbomInput): string {
  const licenses = new Contrib.License.Factories.LicenseFactory((text) => void parseSpdx(text));
  const subject = new Models.Component(Enums.ComponentType.Application, name, { version, bomRef: name });
  subject.licenses.add(licenses.makeFromString(license));
  subject.properties.add(new Models.Property('hartonomous:commit', commit.id));
  subject.properties.add(new Models.Property('hartonomous:contents', 'packages with bytes in the bundle'));
  for (const one of notIncluded) subject.properties.add(new Models.Property('hartonomous:not-included', one));
  const bom = new Models.Bom({
    serialNumber: `urn:uuid:${uuidOf(`${commit.id} ${name}`)}`,
    metadata: new Models.Metadata({ timestamp: new Date(commit.seconds * 1000), component: subject }),
  });
  for (const part of parts) {
    const component = componentOf(part, licenses);
    bom.components.add(component);
    subject.dependencies.add(component.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(specification));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function componentOf(part: Part, licenses: Contrib.License.Factories.LicenseFactory): Models.Component {
  const { name, version, license, description, note } = part;
  const [scope, short] = name.startsWith('@') ? name.split('/') : [undefined, name];
  const purl =
    version === undefined
      ? undefined
      : `pkg:npm/${scope === undefined ? '' : `${encodeURIComponent(scope)}/`}${short ?? name}@${encodeURIComponent(version)}`;
  const component = new Models.Component(Enums.ComponentType.Library, short ?? name, {
    bomRef: purl ?? name,
    ...(scope === undefined ? {} : { group: scope }),
    ...(version === undefined ? {} : { version }),
    ...(purl === undefined ? {} : { purl }),
    ...(description === undefined ? {} : { description }),
  });
  component.licenses.add(licenses.makeFromString(license));
  if (note !== undefined) component.properties.add(new Models.Property('hartonomous:note', note));
  return component;
}

/** A name-based UUID (version 8, RFC 9562: our own hash). */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
}
