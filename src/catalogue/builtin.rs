//! The task definitions inside the program. The list holds what is needed to find one without reading the others; a test
//! compares it with the files.

/// A file of `task-definitions/` with its path there.
macro_rules! embed {
    ($path:literal) => {
        (concat!("task-definitions/", $path), include_str!(concat!("../../task-definitions/", $path)))
    };
}

/// A YAML file of `task-definitions/` with its path there, and the same as JSON, which is read in a sixth of the time. A
/// test compares the two, and writes the JSON when `UPDATE_GENERATED` is set.
macro_rules! embed_yaml {
    ($path:literal) => {
        (embed!($path), include_str!(concat!("prepared/", $path, ".json")))
    };
}

/// A task definition inside the program.
#[derive(Debug, Clone, Copy)]
pub(super) struct Builtin {
    pub(super) name: &'static str,
    pub(super) method: &'static str,
    pub(super) uri: &'static str,
    /// Base URLs of its own; the provider's when empty.
    pub(super) own_servers: &'static [&'static str],
    pub(super) provider_servers: &'static [&'static str],
    pub(super) file: &'static str,
    pub(super) text: &'static str,
    /// The value of the text, as JSON.
    pub(super) prepared: &'static str,
}

/// Another file inside the program: a provider, or a schema.
pub(super) const FILES: &[(&str, &str)] =
    &[embed!("zoom/_provider.yaml"), embed!("zoom/users.create.schema.json"), embed!("zoom/users.update.schema.json")];

/// Zoom's provider, as JSON.
pub(super) const ZOOM_PROVIDER: &str = include_str!("prepared/zoom/_provider.yaml.json");

/// The task definitions, in the order they are listed.
pub(super) const ENTRIES: &[Builtin] = &[
    entry(
        "zoom_oauth_token",
        "POST",
        "{{server}}/oauth/token",
        &["https://zoom.us"],
        embed_yaml!("zoom/oauth.token.yaml"),
    ),
    entry("zoom_users_create", "POST", "{{server}}/users", &[], embed_yaml!("zoom/users.create.yaml")),
    entry("zoom_users_get", "GET", "{{server}}/users/{{user_id}}", &[], embed_yaml!("zoom/users.get.yaml")),
    entry("zoom_users_update", "PATCH", "{{server}}/users/{{user_id}}", &[], embed_yaml!("zoom/users.update.yaml")),
    entry("zoom_users_delete", "DELETE", "{{server}}/users/{{user_id}}", &[], embed_yaml!("zoom/users.delete.yaml")),
    entry("zoom_users_list", "GET", "{{server}}/users", &[], embed_yaml!("zoom/users.list.yaml")),
];

const ZOOM: &[&str] = &["https://api.zoom.us/v2"];

const fn entry(
    name: &'static str,
    method: &'static str,
    uri: &'static str,
    own_servers: &'static [&'static str],
    ((file, text), prepared): ((&'static str, &'static str), &'static str),
) -> Builtin {
    Builtin { name, method, uri, own_servers, provider_servers: ZOOM, file, text, prepared }
}

/// The text of a file inside the program, by its path.
pub(super) fn file(path: &str) -> Option<&'static str> {
    FILES.iter().find(|(own, _)| *own == path).map(|(_, text)| *text)
}

impl Builtin {
    /// Base URLs; `server` goes before the provider's.
    pub(super) fn servers(&self, server: Option<&str>) -> Vec<String> {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        match (self.own_servers, server) {
            ([], Some(server)) => vec![server.to_owned()],
            ([], None) => texts(self.provider_servers),
            (own, _) => texts(own),
        }
    }
}
