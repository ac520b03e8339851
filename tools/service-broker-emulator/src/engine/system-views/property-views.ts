import type { ExtendedProperty } from '../catalog/extended-properties.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { TableUserFunction } from '../query/environment.ts';
import type { Database } from '../server/database.ts';
import type { SessionCore } from '../session/session-core.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import { defineView, type SystemView, sessionOf, viewColumns } from './define-view.ts';
import { namesOfParts, type PropertyLevel, placeOfOwner } from './property-levels.ts';
import { indexIds } from './table-views.ts';
import { seesObject } from './visible.ts';

const classes = {
  0: 'DATABASE',
  1: 'OBJECT_OR_COLUMN',
  2: 'PARAMETER',
  3: 'SCHEMA',
  7: 'INDEX',
} as const;

interface Shown {
  readonly property: ExtendedProperty;
  readonly levels: readonly PropertyLevel[];
  readonly minorId: number;
}

/** Extended properties of what the session sees. */
function* shown(database: Database, session: SessionCore): Iterable<Shown> {
  for (const property of database.properties.all) {
    const place = placeOfOwner(property, database);
    if (place === undefined) continue;
    const { levels, object } = place;
    if (object !== undefined && !seesObject(database, session, object)) continue;
    const part = levels[2];
    let minorId = 0;
    if (property.minor !== '' && object !== undefined && part !== undefined) {
      minorId =
        part.type === 'INDEX' && object.kind === 'table'
          ? (indexIds(object.definition).get(part.name) ?? 0)
          : namesOfParts(object, part.type, database).indexOf(part.name) + 1;
    }
    yield { property, levels, minorId };
  }
}

export const propertyViews: readonly SystemView[] = [
  defineView(
    'sys',
    'extended_properties',
    { class: 'tinyint', class_desc: 'description', major_id: 'int', minor_id: 'int', name: 'name', value: 'variant' },
    function* (database, session) {
      for (const { property, minorId } of shown(database, session)) {
        const { class: code, major, name, value } = property;
        yield { class: code, class_desc: classes[code], major_id: major, minor_id: minorId, name, value };
      }
    },
  ),
];

const nameType = { name: 'nvarchar', length: 128 } as const;

/**
 * `sys.fn_listextendedproperty` in a database: the properties of what the levels name. A level with a type and no name
 * means everything of that type. Source: Microsoft's documentation of the function.
 */
export function propertyFunction(database: Database): TableUserFunction {
  return {
    kind: 'rows',
    name: 'fn_listextendedproperty',
    parameters: ['@name', '@level0type', '@level0name', '@level1type', '@level1name', '@level2type', '@level2name'].map(
      (name) => ({ name, type: nameType, defaultValue: null }),
    ),
    columns: viewColumns({ objtype: 'name', objname: 'name', name: 'name', value: 'variant' }),
    rows: (context, [name, ...levels]) => listed(database, sessionOf(context), name ?? null, levels),
  };
}

function* listed(
  database: Database,
  session: SessionCore,
  wanted: SqlValue,
  levels: readonly SqlValue[],
): Iterable<SqlRow> {
  const types = [levels[0], levels[2], levels[4]].filter((type) => typeof type === 'string');
  const names = [levels[1], levels[3], levels[5]];
  const same = (given: SqlValue | undefined, found: string): boolean =>
    typeof given !== 'string' || nameKey(given.trimEnd()) === nameKey(found);
  for (const { property, levels: place } of shown(database, session)) {
    if (place.length !== types.length || !same(wanted, property.name)) continue;
    if (!place.every(({ type, name }, index) => same(types[index], type) && same(names[index], name))) continue;
    const owner = place.at(-1);
    yield [owner?.type ?? null, owner?.name ?? null, property.name, property.value];
  }
}
