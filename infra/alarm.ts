import { dashboardBody } from "./dashboard.ts"
import { functionNames } from "./function.ts"
import { poolAlarms } from "./pool/alarm.ts"
import { fullName, stage } from "./stage.ts"
import { deadLetters } from "./worker.ts"

/** Ten metrics of alarms are free in an account, so there are fewer, for stages that name somebody who hears them. */
if (stage.alarms !== undefined) {
  const { email, dollarsPerMonth } = stage.alarms
  const topic = new aws.sns.Topic("Alarms", { name: fullName("alarms") })
  new aws.sns.TopicSubscription("AlarmEmail", { topic: topic.arn, protocol: "email", endpoint: email })

  const alarm = (name: string, description: string, args: Metric) =>
    new aws.cloudwatch.MetricAlarm(`Alarm-${name}`, {
      name: fullName(name),
      alarmDescription: description,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      evaluationPeriods: 1,
      treatMissingData: "notBreaching",
      alarmActions: [topic.arn],
      okActions: [topic.arn],
      ...args,
    })

  const errors = { namespace: "AWS/Lambda", metricName: "Errors", statistic: "Sum", period: 300, threshold: 3 }
  if (stage.pool === undefined) {
    for (const name of functionNames) {
      alarm(`errors-${name}`, `The function ${name} failed. Its log group is /aws/lambda/${fullName(name)}`, {
        ...errors,
        dimensions: { FunctionName: fullName(name) },
      })
    }
  } else {
    // With a pool there is more to watch than is free: one number for all functions, which the account has anyway.
    alarm("errors", `Functions failed. Which, is on the dashboard ${fullName("overview")}`, errors)
    for (const { name, description, args } of poolAlarms) alarm(name, description, args)
  }
  // Functions of one account share their concurrency, so that one number says it for all.
  alarm("throttles", "Calls of functions were put off: the account's concurrency is used up", {
    namespace: "AWS/Lambda",
    metricName: "Throttles",
    statistic: "Sum",
    period: 300,
    threshold: 5,
  })
  alarm("dead-letters", "A run could not be closed; the messages in the queue say which", {
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: deadLetters.name },
    statistic: "Maximum",
    period: 300,
    threshold: 1,
  })
  alarm("slow-actions", "One action in a hundred on the socket took 3 s or more, for a quarter of an hour", {
    namespace: "AWS/Lambda",
    metricName: "Duration",
    dimensions: { FunctionName: fullName("socket") },
    extendedStatistic: "p99",
    period: 300,
    evaluationPeriods: 3,
    threshold: 3000,
  })

  new aws.budgets.Budget("Budget", {
    name: fullName("budget"),
    budgetType: "COST",
    timeUnit: "MONTHLY",
    limitUnit: "USD",
    limitAmount: String(dollarsPerMonth),
    notifications: [
      { notificationType: "ACTUAL", threshold: 80 },
      { notificationType: "FORECASTED", threshold: 100 },
    ].map((when) => ({
      ...when,
      comparisonOperator: "GREATER_THAN",
      thresholdType: "PERCENTAGE",
      subscriberEmailAddresses: [email],
    })),
  })
  new aws.cloudwatch.Dashboard("Overview", {
    dashboardName: fullName("overview"),
    dashboardBody,
  })
}

type Metric = Partial<aws.cloudwatch.MetricAlarmArgs> & { threshold: number }
