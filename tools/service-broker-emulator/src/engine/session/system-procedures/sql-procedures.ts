import type { ModuleObject } from '../../catalog/catalog-object.ts';
import { callProcedure } from '../procedure-call.ts';
import { helpObjectsSql } from './help-objects-sql.ts';
import { helpProceduresSql } from './help-procedures-sql.ts';
import { odbcProceduresSql } from './odbc-procedures-sql.ts';
import { privilegeProceduresSql } from './privilege-procedures-sql.ts';
import { roleProceduresSql } from './role-procedures-sql.ts';
import type { SystemProcedure } from './system-procedure.ts';

const nameOf = /PROCEDURE sys\.(\w+)/;

/** Procedures of the server that are written in T-SQL over its catalog views. */
export const sqlProcedures: readonly SystemProcedure[] = [
  ...odbcProceduresSql,
  ...helpProceduresSql,
  ...helpObjectsSql,
  ...privilegeProceduresSql,
  ...roleProceduresSql,
].map((text, position): SystemProcedure => {
  const name = nameOf.exec(text)?.[1] ?? '';
  const object: ModuleObject = {
    kind: 'procedure',
    // Ids of the server's own objects are negative.
    objectId: -1000 - position,
    schema: 'sys',
    name,
    createdAt: 0,
    modifiedAt: 0,
    text,
    typeCode: 'P',
    enabled: true,
  };
  return { name, call: (run, values, outer) => callProcedure(run, object, values, outer) };
});
