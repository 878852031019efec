//! An editor in this process: it speaks to the server, and keeps everything that it hears.

use legwork::lsp::{self, Connection};
use serde_json::{Value, json};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// No answer is waited for longer; a slow machine is given time.
const PATIENCE: Duration = Duration::from_mins(1);

/// The editor's end of a conversation.
pub(crate) struct Editor {
    wire: Wire,
    server: Option<JoinHandle<()>>,
    last: i32,
    /// Everything that the server sent, in order.
    pub(crate) heard: Vec<Value>,
    /// What is answered when the server asks the user: the title of a button; `None` for no answer at all.
    pub(crate) choice: Option<&'static str>,
    /// Where responses are kept.
    pub(crate) responses: tempfile::TempDir,
}

/// Both ways of a wire.
pub(crate) struct Wire {
    /// Takes a message for the server.
    pub(crate) send: Box<dyn FnMut(Value)>,
    /// Gives a message of the server, if one comes in that time.
    pub(crate) receive: Box<dyn FnMut(Duration) -> Option<Value>>,
}

impl Editor {
    /// An editor with these capabilities, that has opened a folder.
    pub(crate) fn start(capabilities: Value, options: Value) -> Self {
        let (server, client) = Connection::memory();
        let thread = std::thread::spawn(|| {
            lsp::serve(server).expect("a conversation");
        });
        let (sender, receiver) = (client.sender, client.receiver);
        let wire = Wire {
            send: Box::new(move |message| {
                sender.send(serde_json::from_value(message).expect("a message")).expect("the server listens");
            }),
            receive: Box::new(move |time| {
                let message = receiver.recv_timeout(time).ok()?;
                Some(serde_json::to_value(message).expect("a value"))
            }),
        };
        let mut editor = Self::over(wire, capabilities, options);
        editor.server = Some(thread);
        editor
    }

    /// An editor that has opened folders, and nothing else to say.
    pub(crate) fn start_in(folders: &Value) -> Self {
        let mut editor = Self::start(json!({}), Value::Null);
        editor.notify("workspace/didChangeWorkspaceFolders", json!({"event": {"added": folders, "removed": []}}));
        editor
    }

    /// The same over any wire.
    pub(crate) fn over(wire: Wire, capabilities: Value, options: Value) -> Self {
        let responses = tempfile::tempdir().expect("a scratch folder");
        let mut options = if options.is_null() { json!({}) } else { options };
        if options.get("responses").is_none() {
            options["responses"] = responses.path().display().to_string().into();
        }
        let (heard, choice) = (Vec::new(), Some("Send"));
        let mut editor = Self { wire, server: None, last: 0, heard, choice, responses };
        let mut initialize = json!({"processId": null, "rootUri": null});
        initialize["capabilities"] = capabilities;
        initialize["initializationOptions"] = options;
        let answer = editor.request("initialize", initialize).expect("capabilities");
        assert_eq!(answer["serverInfo"]["name"], "legwork");
        editor.notify("initialized", json!({}));
        editor
    }

    /// Sends a request, and waits for its answer.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// Sends a request; gives its number.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> i32 {
        self.last += 1;
        let mut message = json!({"id": self.last, "method": method});
        message["params"] = params;
        (self.wire.send)(message);
        self.last
    }

    /// Waits for the answer to a request.
    pub(crate) fn answer(&mut self, id: i32) -> Result<Value, Value> {
        let is_answer = |message: &Value| message["id"] == id && message.get("method").is_none();
        let message = self.wait(is_answer, &format!("the answer to request {id}"));
        match message.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(message["result"].clone()),
        }
    }

    /// Sends a notification.
    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        let mut message = json!({"method": method});
        message["params"] = params;
        (self.wire.send)(message);
    }

    /// Waits for the next notification or request of that method that fits; gives its parameters.
    pub(crate) fn told(&mut self, method: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let message = self.wait(|message| message["method"] == method && fits(&message["params"]), method);
        message["params"].clone()
    }

    /// Waits for a message that was not taken yet.
    fn wait(&mut self, fits: impl Fn(&Value) -> bool, what: &str) -> Value {
        let begin = Instant::now();
        let known = self.heard.iter().position(&fits);
        if let Some(at) = known {
            let message = self.heard[at].clone();
            self.heard[at] = json!({"taken": message});
            return message;
        }
        while begin.elapsed() < PATIENCE {
            let Some(message) = (self.wire.receive)(PATIENCE) else { break };
            self.react(&message);
            if fits(&message) {
                self.heard.push(json!({"taken": message}));
                return message;
            }
            self.heard.push(message);
        }
        panic!("{what} did not come; heard was {:#?}", self.heard);
    }

    /// Answers what the server asks.
    fn react(&mut self, message: &Value) {
        let (Some(id), Some(method)) = (message.get("id"), message["method"].as_str()) else { return };
        let result = match method {
            "window/showMessageRequest" => match self.choice {
                Some(title) => json!({"title": title}),
                None => return,
            },
            "window/showDocument" => json!({"success": true}),
            "workspace/applyEdit" => json!({"applied": true}),
            "workspace/configuration" => json!([null]),
            _ => Value::Null,
        };
        (self.wire.send)(json!({"id": id, "result": result}));
    }

    /// Opens a document.
    pub(crate) fn open(&mut self, uri: &str, text: &str) {
        let item = json!({"uri": uri, "languageId": "yaml", "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": item}));
    }

    /// Puts a whole text in the place of a document's.
    pub(crate) fn change(&mut self, uri: &str, version: i32, text: &str) {
        let document = json!({"uri": uri, "version": version});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": [{"text": text}]}));
    }

    /// A request about a document.
    pub(crate) fn about(&mut self, method: &str, uri: &str, more: Value) -> Result<Value, Value> {
        let params = about(uri, more);
        self.request(method, params)
    }

    /// Carries out a command.
    pub(crate) fn command(&mut self, name: &str, argument: Value) -> Result<Value, Value> {
        let mut params = json!({"command": name});
        params["arguments"] = Value::Array(vec![argument]);
        self.request("workspace/executeCommand", params)
    }

    /// Shuts the server down, and sees that it ends.
    pub(crate) fn end(mut self) -> Vec<Value> {
        assert_eq!(self.request("shutdown", Value::Null), Ok(Value::Null));
        let refused = self.request("textDocument/hover", json!({}));
        assert_eq!(refused.expect_err("nothing after shutdown")["code"], -32600);
        self.notify("exit", Value::Null);
        if let Some(server) = self.server.take() {
            server.join().expect("the server ends");
        }
        self.heard
    }
}

/// The parameters of a request about a document.
pub(crate) fn about(uri: &str, more: Value) -> Value {
    let mut params = more;
    params["textDocument"] = json!({"uri": uri});
    params
}

/// The position of a text in another, `behind` characters further on; for ASCII.
pub(crate) fn position(text: &str, of: &str, behind: usize) -> Value {
    let at = text.find(of).expect("it is there") + behind;
    let line = text[..at].matches('\n').count();
    let character = at - text[..at].rfind('\n').map_or(0, |at| at + 1);
    json!({"line": line, "character": character})
}
