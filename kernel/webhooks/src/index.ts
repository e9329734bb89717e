export { openWebhooks, WEBHOOK_KEY, type WebhookOptions, type Webhooks } from "./open-webhooks.js";
export { resealWebhooks } from "./secrets.js";
export { WEBHOOK_TABLES } from "./tables.js";
