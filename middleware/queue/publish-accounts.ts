import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { BROADCAST_ACCOUNT, type BroadcastAccount } from '../../schemas/broadcast-account.ts';

/**
 * Logs each account, and publishes its numbers as CloudWatch metrics, in one line in the Embedded Metric Format:
 * - `Delivered`, `Stale`, `Throttled`, `Unknown` and `Undelivered` (counts)
 * - `TimeToFirst` and `TimeToLast` (milliseconds since `sentAt`, if there was a delivery).
 *
 * The namespace is `POWERTOOLS_METRICS_NAMESPACE`, default `middy-fanout`. The dimension is `service`, with the value
 * of `POWERTOOLS_SERVICE_NAME`.
 */
export const publishAccounts = (accounts: readonly BroadcastAccount[], logger: Logger, metrics: Metrics): void => {
  if (accounts.length === 0) return;
  for (const account of accounts) {
    logger.info(BROADCAST_ACCOUNT, { account });
    metrics.addMetric('Delivered', MetricUnit.Count, account.delivered);
    metrics.addMetric('Stale', MetricUnit.Count, account.stale);
    metrics.addMetric('Throttled', MetricUnit.Count, account.throttled);
    metrics.addMetric('Unknown', MetricUnit.Count, account.unknown);
    metrics.addMetric('Undelivered', MetricUnit.Count, account.undelivered);
    if (account.firstDeliveredAt !== undefined && account.lastDeliveredAt !== undefined) {
      metrics.addMetric('TimeToFirst', MetricUnit.Milliseconds, account.firstDeliveredAt - account.sentAt);
      metrics.addMetric('TimeToLast', MetricUnit.Milliseconds, account.lastDeliveredAt - account.sentAt);
    }
  }
  metrics.publishStoredMetrics();
};
