import type { Hono, HonoRequest } from 'hono';
import { MethodNotAllowedError, RouteNotFoundError } from '../errors.ts';
import type { Environment } from './environment.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Why a request that no route takes is refused: nothing is at its address, or nothing for its method. */
export function refusalOf({ router }: Hono<Environment>, { method, path }: HonoRequest): Error {
  const allowed = methods
    // Middleware is for all methods, and not a route.
    .filter((each) => router.match(each, path)[0].some(([[, route]]) => route.method === each))
    // Hono has HEAD answered by the routes of GET.
    .flatMap((each) => (each === 'GET' ? ['GET', 'HEAD'] : [each]));
  return allowed.length === 0 ? new RouteNotFoundError(method, path) : new MethodNotAllowedError(method, path, allowed);
}
