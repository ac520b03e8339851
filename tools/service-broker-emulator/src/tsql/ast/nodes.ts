/** Where a node starts in its batch; `line` is 1-based, as SQL Server counts for error messages. */
export interface Located {
  readonly line: number;
}

/** A possibly qualified object name; parts are unquoted. `server.database.schema.name`. */
export interface ObjectName extends Located {
  readonly server?: string;
  readonly database?: string;
  readonly schema?: string;
  readonly name: string;
}

/** A data type as written: built-in, or a user-defined (alias or table) type. `max` is the large-value form. */
export interface TypeReference extends Located {
  readonly name: ObjectName;
  /** Length, or precision and scale, in the order written. */
  readonly parameters: readonly (number | 'max')[];
}
