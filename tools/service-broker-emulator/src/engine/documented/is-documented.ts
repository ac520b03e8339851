import type { ObjectName } from '../../tsql/ast/nodes.ts';
import { unsupported } from '../../unsupported.ts';
import { documentedFunctions } from './function-names.ts';
import { documentedInformationSchema } from './information-schema-names.ts';
import { documentedProcedures } from './procedure-names.ts';
import { documentedViews } from './view-names.ts';

/** Views of earlier releases that are found without a schema, and with `dbo` as well. */
const compatibilityView = /^sys[a-z]+$/;

function isView({ schema, name }: ObjectName): boolean {
  const key = name.toLowerCase();
  switch (schema?.toLowerCase()) {
    case 'sys':
      return documentedViews.has(key);
    case 'information_schema':
      return documentedInformationSchema.has(name.toUpperCase());
    case undefined:
    case 'dbo':
      // fn_helpcollations and its kin need no schema either.
      return documentedViews.has(key) && (compatibilityView.test(key) || key.startsWith('fn_'));
    default:
      return false;
  }
}

/** @throws {SqlError} 40000 for a view or rowset function of SQL Server that is not here; nothing for other names */
export function refuseDocumentedView(name: ObjectName): void {
  if (!isView(name)) return;
  const shown = name.schema === undefined ? name.name : `${name.schema}.${name.name}`;
  unsupported(`the system view ${shown}`, name.line);
}

/** @throws {SqlError} 40000 for a procedure of SQL Server that is not here; nothing for other names */
export function refuseDocumentedProcedure({ schema, name, line }: ObjectName): void {
  if (schema !== undefined && !/^(sys|dbo)$/i.test(schema)) return;
  if (documentedProcedures.has(name.toLowerCase())) unsupported(`the procedure ${name}`, line);
}

/** @throws {SqlError} 40000 for a function of SQL Server that is not here; nothing for other names */
export function refuseDocumentedFunction(name: string, line: number): void {
  if (documentedFunctions.has(name.toUpperCase())) unsupported(`the function ${name.toUpperCase()}`, line);
}
