import type { Fixture } from './fixture.ts';

/** Name and creating statement of every constraint and index, without what comes with the database. */
export async function schemaSnapshot({ query }: Fixture): Promise<readonly string[]> {
  const constraints = await query('SHOW CONSTRAINTS YIELD createStatement');
  const indexes = await query(
    "SHOW INDEXES YIELD type, owningConstraint, createStatement WHERE owningConstraint IS NULL AND type <> 'LOOKUP' RETURN createStatement",
  );
  return [...constraints, ...indexes].map(({ createStatement }) => String(createStatement)).sort();
}

/** Drops every constraint and index that {@link schemaSnapshot} shows. */
export async function dropSchema({ query }: Fixture): Promise<void> {
  const quoted = (name: unknown) => `\`${String(name).replaceAll('`', '``')}\``;
  for (const { name } of await query('SHOW CONSTRAINTS YIELD name')) await query(`DROP CONSTRAINT ${quoted(name)}`);
  for (const { name } of await query("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name")) {
    await query(`DROP INDEX ${quoted(name)}`);
  }
}
