import { quoteName } from '@hartonomous/broker-client';
import type { DatabaseObject } from '@hartonomous/provenance-schema';
import type { FactDifference } from './facts.ts';
import { activationFact, activationOptions, declaredActivation } from './queue-activation.ts';
import type { SqlBatch } from './split-batches.ts';
import { tableRules } from './table-rules.ts';

const retentionFact = 'retention';
const poisonFact = 'poison message handling';

/** Types whose length can be changed without a value changing: SQL Server refuses where one wouldn't fit. */
const sizedType = /^(?<base>n?varchar|varbinary|n?char)\((?<size>\d+|max)\)$/;

/** Name of an object as statements have it. */
export function qualifiedName({ schema, name }: DatabaseObject): string {
  return `${schema === null ? '' : `${quoteName(schema)}.`}${quoteName(name)}`;
}

/**
 * Statements that make a difference good and lose nothing: SQL Server refuses them where rows don't fit. Null where only a person can
 * tell what happens to what is there.
 */
export function remedyFor(
  object: DatabaseObject,
  difference: FactDifference,
  batches: readonly SqlBatch[],
): string | null {
  const text = batches[0]?.text ?? '';
  switch (object.kind) {
    case 'queue':
      return alterQueue(object, [difference], text, true);
    case 'table':
      return ruleRemedy(object, difference, text) ?? columnRemedy(object, difference);
    case 'messageType':
      return difference.what === 'validation' && difference.expected !== null
        ? `ALTER MESSAGE TYPE ${quoteName(object.name)} VALIDATION = ${difference.expected};`
        : null;
    case 'service':
      return serviceRemedy(object, difference);
    case 'sequence':
      return sequenceRemedy(object, difference);
    default:
      return null;
  }
}

/**
 * The statement that gives a queue the options of the project; undefined where one of the differences is somebody's own: an activation
 * that the project doesn't have is reported, not removed.
 */
export function queueChange(
  differences: readonly FactDifference[],
  object: DatabaseObject,
  batches: readonly SqlBatch[],
): SqlBatch | undefined {
  const [{ text, line } = { text: '', line: 1 }] = batches;
  const statement = alterQueue(object, differences, text, false);
  return statement === null ? undefined : { text: statement, line, count: 1 };
}

function alterQueue(
  object: DatabaseObject,
  differences: readonly FactDifference[],
  text: string,
  isActivationTakenAway: boolean,
): string | null {
  const options = differences.map(({ what, expected }) => {
    const value = expected?.toUpperCase();
    if (what === retentionFact) return `RETENTION = ${value}`;
    if (what === poisonFact) return `POISON_MESSAGE_HANDLING (STATUS = ${value})`;
    const isDeclared = what === activationFact && declaredActivation(text, object.path) !== undefined;
    if (isDeclared || (what === activationFact && isActivationTakenAway)) {
      return `ACTIVATION (${activationOptions(text, object.path)})`;
    }
    return undefined;
  });
  return options.includes(undefined) ? null : `ALTER QUEUE ${qualifiedName(object)} WITH ${options.join(', ')};`;
}

/** A CHECK or DEFAULT that says something else. */
function ruleRemedy(object: DatabaseObject, { what, expected, found }: FactDifference, text: string): string | null {
  if (expected === null || found === null || !what.startsWith('constraint ')) return null;
  const rule = tableRules(text, object.path).rules.find(({ name }) => what === `constraint ${name}`);
  if (rule === undefined) return null;
  const alter = `ALTER TABLE ${qualifiedName(object)}`;
  const target = rule.column === null ? '' : ` FOR ${quoteName(rule.column)}`;
  const constraint = `CONSTRAINT ${quoteName(rule.name)}`;
  return `${alter} DROP ${constraint}; ${alter} ADD ${constraint} ${rule.kind} ${rule.text}${target};`;
}

function columnRemedy(object: DatabaseObject, { what, expected, found }: FactDifference): string | null {
  const column = /^column (?<name>.+)$/.exec(what)?.groups?.name;
  if (column === undefined || found === null) return null;
  const there = columnText(found);
  const wanted = expected === null ? undefined : columnText(expected);
  const alter = (type: string, isNullable: boolean) =>
    `ALTER TABLE ${qualifiedName(object)} ALTER COLUMN ${quoteName(column)} ${type.toUpperCase()} ${isNullable ? 'NULL' : 'NOT NULL'};`;
  // Somebody's own column that every INSERT would have to fill: with NULL it is in nobody's way.
  if (expected === null) return there === undefined || there.isIdentity ? null : alter(there.type, true);
  if (there === undefined || wanted === undefined || there.isIdentity !== wanted.isIdentity) return null;
  if (there.type !== wanted.type && baseOf(there.type) !== baseOf(wanted.type)) return null;
  return alter(wanted.type, wanted.isNullable);
}

/** Of types that are not sized, the whole: narrowing a number rounds it silently. */
function baseOf(type: string): string {
  return sizedType.exec(type)?.groups?.base ?? type;
}

/** Taken apart what the facts of a table say of a column, for example `nvarchar(64) not null identity`; undefined for computed ones. */
function columnText(fact: string) {
  const parts = /^(?<type>.+?) (?<not>not )?null(?<identity> identity)?$/.exec(fact)?.groups;
  if (parts?.type === undefined) return undefined;
  return { type: parts.type, isNullable: parts.not === undefined, isIdentity: parts.identity !== undefined };
}

function serviceRemedy({ name }: DatabaseObject, { what, expected, found }: FactDifference): string | null {
  const service = `ALTER SERVICE ${quoteName(name)}`;
  if (what === 'queue' && expected !== null)
    return `${service} ON QUEUE ${expected.split('.').map(quoteName).join('.')};`;
  const contract = /^contract (?<name>.+)$/.exec(what)?.groups?.name;
  if (contract === undefined) return null;
  if (found === null) return `${service} (ADD CONTRACT ${quoteName(contract)});`;
  return expected === null ? `${service} (DROP CONTRACT ${quoteName(contract)});` : null;
}

function sequenceRemedy(object: DatabaseObject, { what, expected }: FactDifference): string | null {
  if (expected === null) return null;
  if (what === 'increment') return `ALTER SEQUENCE ${qualifiedName(object)} INCREMENT BY ${expected};`;
  if (what === 'cycle') return `ALTER SEQUENCE ${qualifiedName(object)} ${expected === 'on' ? 'CYCLE' : 'NO CYCLE'};`;
  return null;
}
