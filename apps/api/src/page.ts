import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';
import { PageNotBuiltError } from './errors.ts';
import type { Environment } from './http/environment.ts';

/** Beside the program, and the same from its source. */
const built = new URL('../dist/page/', import.meta.url);

/** Nothing but these files is ever read. */
const files = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/page/main.js': { name: 'main.js', type: 'text/javascript; charset=utf-8' },
  '/page/style.css': { name: 'style.css', type: 'text/css; charset=utf-8' },
} as const;

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
for (const [path, { name, type }] of Object.entries(files)) {
  pageRoutes.get(path, async (context) => {
    const content = await readFile(new URL(name, built)).catch((cause: unknown) => {
      throw new PageNotBuiltError(cause);
    });
    return context.body(content, 200, {
      'Content-Type': type,
      'Content-Security-Policy': policy,
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cache-Control': 'no-cache',
    });
  });
}
