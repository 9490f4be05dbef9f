// Bolt for JavaScript's hello-world on its HTTPReceiver. Its identity is handed to it, as to the Python one.

const { App, HTTPReceiver, LogLevel } = require("@slack/bolt");

const receiver = new HTTPReceiver({
  signingSecret: process.env.SLACK_SIGNING_SECRET,
  endpoints: "/slack/events",
  logLevel: LogLevel.ERROR,
});
const app = new App({
  receiver,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
  authorize: async () => ({ botToken: process.env.SLACK_BOT_TOKEN, botId: "B1", botUserId: "U0", teamId: "T1" }),
});

app.command("/story", async ({ ack }) => {
  await ack("hi");
});

app.start({ port: Number(process.env.PORT), host: "127.0.0.1" });
