export {
  type ApplicationInsights,
  type ApplicationInsightsOptions,
  openApplicationInsights,
} from './application-insights.ts';
export { type InsightsConnection, parseConnectionString } from './connection-string.ts';
export { ApplicationInsightsError, ConnectionStringInvalidError } from './errors.ts';
