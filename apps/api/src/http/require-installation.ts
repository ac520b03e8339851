import type { Context } from 'hono';
import { InstallationOnlyError } from '../errors.ts';
import type { Environment } from './environment.ts';

/** The system's own tenant: what is of all tenants its operators alone see and change. */
const systemTenant = 0;

/** Whether who asks may see and change what is of all tenants. */
export function isOfInstallation(context: Context<Environment>): boolean {
  const { tenantId, role } = context.get('identity');
  return tenantId === systemTenant && role === 'operator';
}

/** Lets pass operators of the installation. @throws InstallationOnlyError */
export function requireInstallation(context: Context<Environment>): void {
  if (!isOfInstallation(context)) throw new InstallationOnlyError();
}
