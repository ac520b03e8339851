export { type BackOffOptions, backOffMs, outageBackOff } from './back-off.ts';
