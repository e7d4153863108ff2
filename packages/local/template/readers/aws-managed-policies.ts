/** An AWS managed policy in short: what of it can matter to an application that is run here. */
export interface ManagedPolicy {
  actions: readonly string[];
  resources: readonly string[];
}

const everywhere = (...actions: string[]): ManagedPolicy => ({ actions, resources: ['*'] });

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/**
 * By the end of their ARN, after `policy/`. One that is not here is refused by name: what it allows would be a guess.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export const AWS_MANAGED_POLICIES: Readonly<Record<string, ManagedPolicy>> = {
  AdministratorAccess: everywhere('*'),
  AmazonAPIGatewayInvokeFullAccess: {
    actions: ['execute-api:Invoke', 'execute-api:ManageConnections'],
    resources: ['arn:aws:execute-api:*:*:*'],
  },
  AmazonDynamoDBFullAccess: everywhere('dynamodb:*'),
  AmazonDynamoDBFullAccess_v2: everywhere('dynamodb:*'),
  AmazonDynamoDBReadOnlyAccess: everywhere(
    'dynamodb:BatchGetItem',
    'dynamodb:Describe*',
    'dynamodb:Get*',
    'dynamodb:List*',
    'dynamodb:PartiQLSelect',
    'dynamodb:Query',
    'dynamodb:Scan',
  ),
  AmazonSQSFullAccess: everywhere('sqs:*'),
  AmazonSQSReadOnlyAccess: everywhere(
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:ListDeadLetterSourceQueues',
    'sqs:ListMessageMoveTasks',
    'sqs:ListQueues',
    'sqs:ListQueueTags',
  ),
  AWSXRayDaemonWriteAccess: everywhere('xray:*'),
  AWSXrayWriteOnlyAccess: everywhere('xray:*'),
  CloudWatchLambdaInsightsExecutionRolePolicy: everywhere(...LOGS),
  'service-role/AWSLambdaBasicExecutionRole': everywhere(...LOGS),
  'service-role/AWSLambdaDynamoDBExecutionRole': everywhere(
    ...LOGS,
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
  ),
  'service-role/AWSLambdaRole': everywhere('lambda:InvokeFunction'),
  'service-role/AWSLambdaSQSQueueExecutionRole': everywhere(
    ...LOGS,
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
  ),
  'service-role/AWSLambdaVPCAccessExecutionRole': everywhere(...LOGS, 'ec2:*'),
};
