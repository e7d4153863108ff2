/** What `npm run load -- --help` says. */
export const LOAD_HELP = `npm run load -- [options]

Sends messages over a WebSocket URL and checks what every client received. Without --url it starts the local run.

  --url URL              ws:// or wss:// of the stage
  --connections 200      held during the run
  --rate 10/s            messages a second, by senders among the connections
  --duration 30s
  --size 200B            of a message, 48B to 128KB
  --ramp 450/s           new connections a second (API Gateway takes 500 per account and Region)
  --churn 2%/s           share of connections killed without a close frame and replaced
  --slow 5%              share of connections that read only 50 ms of each second
  --scenario FILE        phases in YAML instead of --rate and --duration, see docs/load-testing.md
  --settle 5s            how long a message may take and not count as lost
  --processes N          generator processes; default by connections and rate
  --header "Name: value" with each handshake, such as Authorization; may be repeated
  --query name=value     added to the URL; may be repeated
  --subprotocol NAME
  --frame TEXT           frame that sends a message, {{message}} once in it
                         default {"action":"send-message","message":"{{message}}"}
  --sender-included      the sender expects its own message
  --fault SPEC           what the local run breaks on purpose, as npm start takes it; may be repeated
  --cold                 no warm-up of the local run before, and no prediction; so it is with --fault
  --out DIR              for report.json and report.html, default load-report
  --compare FILE         a report.json to compare with
  --fail-on CONDITIONS   such as "lost>0,p99>250ms": exit code 1 if one is met

Exit codes: 0 done, 1 a --fail-on condition or a target that died, 2 something given cannot be used, 130 CTRL+C.
`;
