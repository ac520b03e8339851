import { z } from 'zod';

/** A column of a {@link SqlTable}. */
export interface SqlColumn {
  /** Empty for one without a name; several may have one name. */
  readonly name: string;
  /** T-SQL's name of its type, `nvarchar` for example; undefined: the driver knows none. */
  readonly type: string | undefined;
  /** Digits in all, of `decimal` and `numeric`. */
  readonly precision: number | undefined;
  /** Digits of fractions, of seconds too. */
  readonly scale: number | undefined;
}

/** A result set as the server sent it: columns in their order, also when no row came. */
export interface SqlTable {
  readonly columns: readonly SqlColumn[];
  /** A value for each column. Numbers of `decimal`, `numeric` and `money` are doubles, so they have 15 exact digits. */
  readonly rows: readonly (readonly unknown[])[];
}

const optional = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined);

const driverColumns = z.array(
  z.object({
    name: z.string(),
    // A function or an object of the driver, with T-SQL's name beside it.
    type: z
      .unknown()
      .transform((type) => z.object({ declaration: z.string() }).safeParse(declared(type)).data?.declaration),
    precision: optional,
    scale: optional,
  }),
);

function declared(type: unknown): unknown {
  return typeof type === 'function' && 'declaration' in type ? { declaration: type.declaration } : type;
}

const driverSet = z.array(z.array(z.unknown()));

/** The result sets of a request in the driver's `arrayRowMode`. */
export function toSqlTables(sets: readonly (readonly unknown[])[]): readonly SqlTable[] {
  return sets.map((set) => ({
    columns: driverColumns.parse('columns' in set ? set.columns : []),
    rows: driverSet.parse(set),
  }));
}
