/** Refuses a name of an object whose part for the database isn't the one that the procedure runs in, as SQL Server's own procedures do. */
export function requireOwnDatabase(parameter: string): string {
  return `
   IF PARSENAME(${parameter}, 3) <> DB_NAME()
   BEGIN
     RAISERROR(15250, 16, 1);
     RETURN 1;
   END`;
}

/** Refuses qualifiers that aren't the database that the procedure runs in; one that is NULL means it. */
export function requireOwnQualifier(...parameters: readonly string[]): string {
  const isOther = parameters.map((parameter) => `${parameter} <> DB_NAME()`).join(' OR ');
  return `
   IF ${isOther}
   BEGIN
     RAISERROR(15250, 16, 1);
     RETURN;
   END;`;
}

/** As {@link requireOwnQualifier}, where an empty one is a database that has nothing. */
export function requireOwnOrNoQualifier(parameter: string): string {
  return requireOwnQualifier(`NULLIF(${parameter}, N'')`);
}
