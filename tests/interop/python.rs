//! The other side: one process of Python for each release, which runs `worker.py`.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;
use serde_json::Value;

use crate::check::Failure;

pub(crate) struct Python {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    sent: Vec<String>,
}

/// What Python raised.
#[derive(Debug, Deserialize)]
pub(crate) struct Raised {
    #[serde(rename = "type")]
    pub(crate) class: String,
    pub(crate) message: String,
}

#[derive(Deserialize)]
struct Answer {
    ok: Option<Value>,
    error: Option<Raised>,
    requests: Vec<String>,
}

impl Python {
    pub(crate) fn start(interpreter: &Path, endpoint: &str, table: &str) -> Result<Self, Failure> {
        let worker = concat!(env!("CARGO_MANIFEST_DIR"), "/interop/worker.py");
        let mut child = Command::new(interpreter)
            .args(["-B", worker, endpoint, table])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::new(format!("{} does not start: {error}", interpreter.display())))?;
        let (Some(requests), Some(answers)) = (child.stdin.take(), child.stdout.take()) else { unreachable!("both are piped") };
        Ok(Self { child, requests, answers: BufReader::new(answers), sent: Vec::new() })
    }

    /// What Python answers: a value, or what it raised.
    pub(crate) fn try_ask(&mut self, request: &Value) -> Result<Result<Value, Raised>, Failure> {
        let mut line = String::new();
        writeln!(self.requests, "{request}")?;
        if self.answers.read_line(&mut line)? == 0 {
            return Err(Failure::new("Python has ended".to_owned()));
        }
        let answer: Answer = serde_json::from_str(&line).map_err(|error| Failure::new(format!("Python answers no JSON: {error}")))?;
        self.sent = answer.requests;
        Ok(match answer.error {
            None => Ok(answer.ok.unwrap_or_default()),
            Some(raised) => Err(raised),
        })
    }

    /// What Python answers, which must be a value.
    pub(crate) fn ask(&mut self, request: &Value) -> Result<Value, Failure> {
        self.try_ask(request)?.map_err(|raised| Failure::raised(request["do"].as_str().unwrap_or_default(), raised))
    }

    /// What Python raises, which it must.
    pub(crate) fn refusal(&mut self, request: &Value) -> Result<Raised, Failure> {
        match self.try_ask(request)? {
            Err(raised) => Ok(raised),
            Ok(_) => Err(Failure::new(format!("Python did `{}`, and should have refused", request["do"].as_str().unwrap_or_default()))),
        }
    }

    /// How many requests the last answer took.
    pub(crate) fn sent(&self) -> &[String] {
        &self.sent
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // It would end by itself, with its input.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
