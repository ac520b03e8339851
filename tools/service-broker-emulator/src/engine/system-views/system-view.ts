import { nameKey } from '../catalog/name-key.ts';
import { partId } from '../catalog/part-id.ts';
import { brokerObjectViews } from './broker-object-views.ts';
import { connectionViews } from './connection-views.ts';
import { constraintViews } from './constraint-views.ts';
import { conversationViews } from './conversation-views.ts';
import { definedViews, type SystemView } from './define-view.ts';
import { informationSchemaViews } from './information-schema-views.ts';
import { internalTableViews } from './internal-table-views.ts';
import { lockViews } from './lock-views.ts';
import { moduleViews } from './module-views.ts';
import { objectViews } from './object-views.ts';
import { propertyViews } from './property-views.ts';
import { securityViews } from './security-views.ts';
import { serverViews } from './server-views.ts';
import { tableViews } from './table-views.ts';
import { timeZoneViews } from './time-zone-views.ts';

let index: Map<string, SystemView> | undefined;
let idsOfViews: Map<number, SystemView> | undefined;

/** The view with an object id. */
export function systemViewOfId(id: number): SystemView | undefined {
  idsOfViews ??= new Map(definedViews.map((view) => [partId(view.schema, view.name), view]));
  return idsOfViews.get(id);
}

/** A view of the `sys` or `INFORMATION_SCHEMA` schema. */
export function findSystemView(schema: string | undefined, name: string): SystemView | undefined {
  if (schema === undefined) return undefined;
  index ??= new Map(
    [
      ...serverViews,
      ...timeZoneViews,
      ...connectionViews,
      ...lockViews,
      ...internalTableViews,
      ...objectViews,
      ...moduleViews,
      ...propertyViews,
      ...tableViews,
      ...constraintViews,
      ...securityViews,
      ...brokerObjectViews,
      ...conversationViews,
      ...informationSchemaViews,
    ].map((view) => [`${nameKey(view.schema)}.${nameKey(view.name)}`, view]),
  );
  return index.get(`${nameKey(schema)}.${nameKey(name)}`);
}
