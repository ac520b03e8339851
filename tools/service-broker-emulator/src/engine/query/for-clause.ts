import type { ForClause } from '../../tsql/ast/queries.ts';
import { jsonTextType } from '../functions/json/json-functions.ts';
import type { SqlRow } from '../types/sql-value.ts';
import { nvarcharMaxType, xmlType } from '../types/type-info.ts';
import { compileForJson } from './for-json.ts';
import { compileForXml } from './for-xml.ts';
import type { PlanColumn, QueryPlan } from './query-plan.ts';

/** The names that SQL Server gives to the one column of such a result; clients put its rows together by them. */
const jsonColumn = 'JSON_F52E2B61-18A1-11d1-B105-00805F49916B';
const xmlColumn = 'XML_F52E2B61-18A1-11d1-B105-00805F49916B';

/** The query with FOR JSON or FOR XML: one text instead of rows, none when there are no rows. */
export function applyForClause(plan: QueryPlan, clause: ForClause, line: number): QueryPlan {
  const write =
    clause.kind === 'json' ? compileForJson(plan.columns, clause, line) : compileForXml(plan.columns, clause, line);
  const column: PlanColumn =
    clause.kind === 'json'
      ? { name: jsonColumn, type: clause.withoutArrayWrapper ? nvarcharMaxType : jsonTextType, nullable: true }
      : { name: xmlColumn, type: clause.type ? xmlType : nvarcharMaxType, nullable: true };
  return {
    columns: [column],
    correlated: plan.correlated,
    scan: (run, outer, consume) => {
      const rows: SqlRow[] = [];
      plan.scan(run, outer, (row) => {
        rows.push(row);
        return true;
      });
      return rows.length === 0 ? true : consume([write(rows)]);
    },
  };
}

/** Characters per row in which the server sends such a text to a client; as a value inside a statement it stays whole. */
const chunk = 2033;

/** The rows that a client gets for the text of a FOR clause. */
export function chunkText(text: string): readonly SqlRow[] {
  const rows: SqlRow[] = [];
  for (let start = 0; start < text.length; start += chunk) rows.push([text.slice(start, start + chunk)]);
  return rows;
}
