import { unsupported } from '../../../unsupported.ts';
import type { PropertyOwner } from '../../catalog/extended-properties.ts';
import { nameKey } from '../../catalog/name-key.ts';
import { permissionDenied } from '../../security/errors.ts';
import { databaseSecurable, objectSecurable, type Securable, schemaSecurable } from '../../security/securables.ts';
import { levelOfObject, namesOfParts, ownerOfPart, type PropertyLevel } from '../../system-views/property-levels.ts';
import { convertValue } from '../../types/convert.ts';
import type { SqlVariant } from '../../types/sql-value.ts';
import { sqlVariantType } from '../../types/type-info.ts';
import { atomically } from '../atomic-work.ts';
import type { CallArgument } from '../procedure-call.ts';
import type { SessionCore } from '../session-core.ts';
import { argumentAt, done, requiredText, textAt } from './call-arguments.ts';
import { invalidParameter, propertyExists, propertyNotFound, propertyNotPermitted } from './errors.ts';
import type { SystemProcedure } from './system-procedure.ts';

interface Target {
  readonly owner: PropertyOwner;
  /** As errors show it. */
  readonly shown: string;
  readonly securable: Securable;
}

/** Types that may stand at a level and that have no properties here. */
const refusedTypes: readonly ReadonlySet<string>[] = [
  new Set(
    'ASSEMBLY,CONTRACT,EVENT NOTIFICATION,FILEGROUP,MESSAGE TYPE,PARTITION FUNCTION,PARTITION SCHEME,PLAN GUIDE,REMOTE SERVICE BINDING,ROUTE,SERVICE,TRIGGER,TYPE,USER'.split(
      ',',
    ),
  ),
  new Set('AGGREGATE,DEFAULT,LOGICAL FILE NAME,RULE,SYNONYM,TABLE_TYPE,TYPE,XML SCHEMA COLLECTION'.split(',')),
  new Set(['EVENT NOTIFICATION']),
];

/** The levels that the arguments name. @throws {SqlError} 15600 for a gap; 40000 for what has no properties here */
function levelsOf(values: readonly CallArgument[], first: number, procedure: string): PropertyLevel[] {
  const levels: PropertyLevel[] = [];
  let ended = false;
  for (const level of [0, 1, 2]) {
    const type = textAt(values, first + 2 * level, `@level${level}type`)
      ?.trim()
      .toUpperCase();
    const name = textAt(values, first + 2 * level + 1, `@level${level}name`)?.trimEnd();
    if (type === undefined && name === undefined) ended = true;
    else if (type === undefined || name === undefined || ended) throw invalidParameter(procedure);
    else {
      if (refusedTypes[level]?.has(type) === true) unsupported(`${procedure} on a ${type}`);
      levels.push({ type, name });
    }
  }
  return levels;
}

/** @throws {SqlError} 15135 when what the levels name isn't there */
function targetOf(session: SessionCore, levels: readonly PropertyLevel[], procedure: string): Target {
  const { database } = session;
  const [schemaLevel, objectLevel, partLevel] = levels;
  const shown = levels.map(({ name }) => name).join('.');
  const missing = propertyNotPermitted(shown, procedure);
  if (schemaLevel === undefined) {
    const owner: PropertyOwner = { class: 0, major: 0, minor: '' };
    return { owner, shown: 'object specified', securable: databaseSecurable(database) };
  }
  const schema = schemaLevel.type === 'SCHEMA' ? database.catalog.findSchema(schemaLevel.name) : undefined;
  if (schema === undefined) throw schemaLevel.type === 'SCHEMA' ? missing : invalidParameter(procedure);
  if (objectLevel === undefined) {
    const owner: PropertyOwner = { class: 3, major: schema.schemaId, minor: '' };
    return { owner, shown, securable: schemaSecurable(database, schema.name) };
  }
  const object = database.catalog.find(schema.name, objectLevel.name);
  if (object === undefined || object.kind === 'trigger' || levelOfObject(object).type !== objectLevel.type)
    throw missing;
  const securable = objectSecurable(database, object);
  if (partLevel === undefined) return { owner: { class: 1, major: object.objectId, minor: '' }, shown, securable };
  if (object.kind === 'view' && (partLevel.type === 'COLUMN' || partLevel.type === 'INDEX')) {
    unsupported(`${procedure} on a ${partLevel.type} of a view`);
  }
  const name = namesOfParts(object, partLevel.type, database).find((part) => nameKey(part) === nameKey(partLevel.name));
  if (name === undefined) throw missing;
  return { owner: ownerOfPart(object, { ...partLevel, name }, database), shown, securable };
}

function requireAlter(session: SessionCore, { securable, shown }: Target): void {
  const refusal = () => permissionDenied('ALTER', { schema: 'dbo', name: shown }, session.database.name);
  session.authorize([{ permission: 'ALTER', securable, chain: undefined, refusal }], undefined);
}

function givenValue(values: readonly CallArgument[]): SqlVariant | null {
  const argument = argumentAt(values, 1, '@value');
  if (argument === undefined || argument.useDefault || argument.value === null) return null;
  return convertValue(argument.value, argument.type, sqlVariantType, { explicit: false }) as SqlVariant;
}

function changing(action: 'add' | 'update' | 'drop'): SystemProcedure {
  const procedure = `sp_${action}extendedproperty`;
  return {
    name: procedure,
    async call(run, values) {
      const { session } = run;
      const name = requiredText(values, 0, '@name', procedure);
      const levels = levelsOf(values, action === 'drop' ? 1 : 2, procedure);
      await atomically(run, () => {
        const target = targetOf(session, levels, procedure);
        requireAlter(session, target);
        const { properties } = session.database;
        const before = properties.find(target.owner, name);
        const transaction = session.transactionForWriting();
        if (action === 'add' && before !== undefined) {
          throw propertyExists(name, target.shown, procedure);
        }
        if (action !== 'add' && before === undefined) {
          throw propertyNotFound(name, target.shown, procedure);
        }
        if (action === 'drop' && before !== undefined) properties.remove(transaction, before);
        else properties.put(transaction, { ...target.owner, name: before?.name ?? name, value: givenValue(values) });
      });
      return done;
    },
  };
}

/** sp_addextendedproperty and its kin, on the database, schemas, and what is in schemas. */
export const extendedPropertyProcedures: readonly SystemProcedure[] = [
  changing('add'),
  changing('update'),
  changing('drop'),
];
