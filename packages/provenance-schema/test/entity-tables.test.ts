import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AnyEntity, databaseProject, type EndPoint, entities } from '../src/index.ts';

/** The items of an entity's CREATE TABLE, blanks made one. */
function itemsOf({ table }: AnyEntity): readonly string[] {
  const sql = readFileSync(new URL(`Tables/${table.name}.sql`, databaseProject.root), 'utf8').replaceAll(
    /^ *--.*\n/gm,
    '',
  );
  const body = sql.slice(sql.indexOf('(') + 1, sql.lastIndexOf(')'));
  // Each item begins a line.
  return body.split(/,?\n {4}(?=\[|CONSTRAINT|INDEX)/).map((item) =>
    item
      .replaceAll(/\s+/g, ' ')
      .replaceAll(/\( | \)/g, (text) => text.trim())
      .trim(),
  );
}

const columnList = (names: readonly string[]) => names.map((name) => `[${name}]`).join(', ');

/** Other ends that are rows of an entity's table, not reference nodes. */
function rowEnds(entity: AnyEntity): readonly { readonly end: EndPoint; readonly target: AnyEntity }[] {
  const { graph, edges } = entity;
  const ends = graph.kind === 'edge' ? [graph.from, graph.to] : edges.map(({ end }) => end);
  return ends.flatMap((end) => {
    const target = entities.find((other) => other.graph.kind === 'node' && other.graph.label === end.label);
    return target === undefined ? [] : [{ end, target }];
  });
}

/** Columns of an end with those that they refer to; the tenant's too, whether it is in the graph's key or not. */
function reference(entity: AnyEntity, end: EndPoint, target: AnyEntity): readonly (readonly [string, string])[] {
  const pairs = end.key.map(({ property, column }) => {
    const other = Object.entries(target.columns).find(([, declared]) => declared.property === property);
    return [column, other?.[0] ?? `no column has ${property}`] as const;
  });
  const hasTenant = pairs.some(([column]) => column === entity.tenant);
  return hasTenant ? pairs : [...pairs, [entity.tenant, target.tenant]];
}

describe.each(entities.map((entity) => [entity.name, entity] as const))('the table of %s', (_name, entity) => {
  const items = itemsOf(entity);

  it('has the columns of the definition, in its order', () => {
    const columns = items.flatMap((item) => {
      const [, name, type, rest = ''] = /^\[(\w+)\] ([A-Z]+\d?(?:\(\w+\))?)(.*)$/.exec(item) ?? [];
      return name === undefined ? [] : [{ name, type, nullable: !/\bNOT NULL\b/.test(rest) }];
    });
    expect(columns).toEqual(
      Object.entries(entity.columns).map(([name, { sqlType, nullable }]) => ({ name, type: sqlType, nullable })),
    );
  });

  it('has the id for its primary key', () => {
    expect(items).toContain(`CONSTRAINT [PK_${entity.table.name}] PRIMARY KEY CLUSTERED ([${entity.key}])`);
  });

  it('lets the columns with a choice have those values only, words no blanks, and vectors their length', () => {
    for (const [name, { values, isWord, kind, sqlType }] of Object.entries(entity.columns)) {
      const list = values?.map((value) => `N'${value}'`).join(', ');
      const rules = [
        ...(isWord ? [`CHECK ([${name}] <> N'' AND [${name}] NOT LIKE N'% %')`] : []),
        ...(list === undefined ? [] : [`CHECK ([${name}] IN (${list}))`]),
        ...(kind === 'vector' ? [`CHECK (DATALENGTH([${name}]) = ${/\d+/.exec(sqlType)?.[0]})`] : []),
      ];
      for (const rule of rules) expect(items).toContainEqual(expect.stringContaining(rule));
    }
  });

  it('has a foreign key for every edge, with the tenant in it: no edge leads to another tenant', () => {
    for (const { end, target } of rowEnds(entity)) {
      const pairs = reference(entity, end, target);
      expect(items).toContainEqual(
        expect.stringContaining(
          `FOREIGN KEY (${columnList(pairs.map(([column]) => column))}) ` +
            `REFERENCES [${target.table.schema}].[${target.table.name}] (${columnList(pairs.map(([, other]) => other))})`,
        ),
      );
    }
  });

  it('finds the rows of an end by an index, for the end may be deleted', () => {
    for (const { end, target } of rowEnds(entity)) {
      const [[column] = ['']] = reference(entity, end, target);
      // Tenants stay.
      if (column === entity.tenant) continue;
      expect(items).toContainEqual(expect.stringMatching(new RegExp(`^(INDEX|CONSTRAINT \\[UQ_).*\\(\\[${column}\\]`)));
    }
  });

  it('has the rules that the graph has', () => {
    const { graph } = entity;
    for (const unique of graph.kind === 'node' ? (graph.unique ?? []) : []) {
      const columns = columnList(unique.map(({ column }) => column));
      expect(items).toContainEqual(expect.stringMatching(new RegExp(`UNIQUE.*${RegExp.escape(`(${columns})`)}`)));
    }
  });

  it('has foreign keys for its edges and its tenant only: what else refers to a row should be an edge', () => {
    const declared = new Set(
      rowEnds(entity).map(({ end, target }) => columnList(reference(entity, end, target).map(([c]) => c))),
    );
    declared.add(columnList([entity.tenant]));
    const keys = items.flatMap((item) => /FOREIGN KEY \(([^)]+)\)/.exec(item)?.[1] ?? []);
    expect(declared).toEqual(new Set([...declared, ...keys]));
  });
});
