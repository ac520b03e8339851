import { readFile } from 'node:fs/promises';
import { type Context, Hono } from 'hono';
import { etag } from 'hono/etag';
import { PageNotBuiltError, RouteNotFoundError } from './errors.ts';
import type { Environment } from './http/environment.ts';

/** Beside the program, and where `pnpm page` builds it. */
const built = new URL('../build/page/', import.meta.url);

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};
/** Nothing but files of these names in that folder is ever read. */
const fileName = /^[\w-]+\.(?<extension>js|css)$/;

/** Scripts, styles and data from this server alone, nothing inline, in nobody's frame. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page; it holds no data, and asks for a key to read some. */
export const pageRoutes = new Hono<Environment>();
// A browser asks each time, and gets what has changed.
pageRoutes.get('/', etag(), (context) => answerFile(context, 'index.html', 'html'));
pageRoutes.get('/page/:name', etag(), (context) => {
  const name = context.req.param('name');
  const extension = fileName.exec(name)?.groups?.extension;
  if (extension === undefined) throw new RouteNotFoundError('GET', context.req.path);
  return answerFile(context, name, extension);
});

async function answerFile(context: Context<Environment>, name: string, extension: string): Promise<Response> {
  const content = await readFile(new URL(name, built)).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' && name !== 'index.html') throw new RouteNotFoundError('GET', context.req.path);
    throw new PageNotBuiltError(cause);
  });
  return context.body(content, 200, {
    'Content-Type': types[extension] ?? 'application/octet-stream',
    'Content-Security-Policy': policy,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cache-Control': 'no-cache',
  });
}
