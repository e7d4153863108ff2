import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { acknowledge } from '../functions/acknowledge.ts';

export interface ConnectionTableProps {
  /** The name of the partition key. Default `connectionId`. */
  keyAttribute?: string | undefined;
  removalPolicy: RemovalPolicy;
}

/** One row for each connection of a stage: see `schemas/connections/connection-row.ts`. A row lives two hours. */
export class ConnectionTable extends Table {
  constructor(scope: Construct, id: string, { keyAttribute = 'connectionId', removalPolicy }: ConnectionTableProps) {
    super(scope, id, {
      partitionKey: { name: keyAttribute, type: AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      removalPolicy,
    });
    acknowledge(this, {
      id: 'AwsSolutions-DDB3',
      reason: 'A row describes an open connection and lives two hours. A restored row would describe a closed one.',
    });
  }
}
