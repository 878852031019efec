//! Method, host and path template: which operation a request is for.

/// Where an operation is: `POST https://api.zoom.us/v2` + `/users/{user_id}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    method: String,
    servers: Vec<Server>,
    segments: Vec<Segment>,
}

/// A base URL, cut into its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Server {
    host: String,
    segments: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Variable(String),
    /// A text around variables, `{sid}.json`.
    Mixed(Vec<Part>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Variable(String),
}

/// What a request's path says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteMatch {
    /// The variables of the path, percent-decoded.
    pub variables: Vec<(String, String)>,
    /// How much is literally the same, two for a segment and one for a part of it: the more, the better the match.
    pub literal: usize,
    /// Whether the host is one of the operation's own.
    pub own_host: bool,
}

impl Route {
    /// The route of a request's method and URI template. A URI that does not start with `{{server}}` is its own server.
    #[must_use]
    pub fn new(method: &str, uri: &str, servers: &[String]) -> Self {
        let (servers, path) = match uri.trim().strip_prefix("{{server}}") {
            Some(path) => (servers.iter().filter_map(|server| Server::new(server)).collect(), path),
            None => split_base(uri),
        };
        let path = path.split(['?', '#']).next().unwrap_or_default();
        Self { method: method.to_owned(), servers, segments: split(path).map(Segment::new).collect() }
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path below the server, `/users/{user_id}`.
    #[must_use]
    pub fn path(&self) -> String {
        let segment = |segment: &Segment| match segment {
            Segment::Literal(text) => format!("/{text}"),
            Segment::Variable(name) => format!("/{{{name}}}"),
            Segment::Mixed(parts) => parts.iter().fold("/".to_owned(), |path, part| match part {
                Part::Text(text) => path + text,
                Part::Variable(name) => path + "{" + name + "}",
            }),
        };
        self.segments.iter().map(segment).collect()
    }

    /// The whole path, with that of the first server: `/v2/users/{user_id}`.
    #[must_use]
    pub fn template(&self) -> String {
        let base = self.servers.first().map(|server| &*server.segments).unwrap_or_default();
        let base = base.iter().flat_map(|segment| ["/", segment.as_str()]);
        base.collect::<String>() + &self.path()
    }

    /// Whether one of the servers has that host; a port counts when it is given.
    #[must_use]
    pub fn has_host(&self, host: &str) -> bool {
        let has_port = without_port(host).len() < host.len();
        let own = |server: &str| if has_port { server.to_owned() } else { without_port(server).to_owned() };
        self.servers.iter().any(|server| own(&server.host).eq_ignore_ascii_case(host))
    }

    /// Judges a request by its method and path; the host only tells [`RouteMatch::own_host`]. A segment that holds an
    /// expression fits a variable.
    #[must_use]
    pub fn matches(&self, method: &str, host: &str, path: &str) -> Option<RouteMatch> {
        if !self.method.eq_ignore_ascii_case(method) {
            return None;
        }
        let given: Vec<&str> = split(path).collect();
        let of_server = |server: &Server| {
            let (base, rest) = given.split_at_checked(server.segments.len())?;
            let same = base.iter().zip(&server.segments).all(|(given, own)| given == own);
            let (variables, literal) = same.then(|| self.below(rest))??;
            let own_host = server.host.eq_ignore_ascii_case(host);
            Some(RouteMatch { variables, literal: literal + 2 * server.segments.len(), own_host })
        };
        self.servers.iter().filter_map(of_server).max_by_key(|found| (found.own_host, found.literal))
    }

    fn below(&self, given: &[&str]) -> Option<(Vec<(String, String)>, usize)> {
        if given.len() != self.segments.len() {
            return None;
        }
        let mut variables = Vec::new();
        let mut literal = 0;
        for (segment, given) in self.segments.iter().zip(given) {
            match segment {
                Segment::Literal(text) if text == given => literal += 2,
                Segment::Literal(_) => return None,
                Segment::Variable(_) if given.is_empty() => return None,
                Segment::Variable(name) => variables.push((name.clone(), decode(given))),
                Segment::Mixed(parts) => {
                    let mut own = Vec::new();
                    fill(parts, given, &mut own)?;
                    variables.append(&mut own);
                    literal += 1;
                }
            }
        }
        Some((variables, literal))
    }
}

impl Segment {
    fn new(text: &str) -> Self {
        let name = text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
        let name = name.or_else(|| text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')));
        match name {
            Some(name) if !name.trim_matches(['{', '}']).contains(['{', '}']) => {
                Self::Variable(name.trim_matches(['{', '}', ' ']).to_owned())
            }
            _ if text.contains('{') && !text.contains("${") => Self::Mixed(parts(text)),
            _ => Self::Literal(text.to_owned()),
        }
    }
}

/// The texts and variables of a segment.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.trim_start_matches('{').split_once('}') else { break };
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        parts.push(Part::Variable(name.trim().to_owned()));
        rest = behind.trim_start_matches('}');
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    parts
}

/// The values of the variables of a segment, none of them empty.
fn fill(parts: &[Part], given: &str, variables: &mut Vec<(String, String)>) -> Option<()> {
    let Some((first, rest)) = parts.split_first() else { return given.is_empty().then_some(()) };
    match first {
        Part::Text(text) => fill(rest, given.strip_prefix(text.as_str())?, variables),
        Part::Variable(name) => {
            let ends = given.char_indices().map(|(at, ch)| at + ch.len_utf8());
            let kept = variables.len();
            for end in ends {
                variables.push((name.clone(), decode(given.get(..end)?)));
                if fill(rest, given.get(end..)?, variables).is_some() {
                    return Some(());
                }
                variables.truncate(kept);
            }
            None
        }
    }
}

impl Server {
    fn new(url: &str) -> Option<Self> {
        let (host, path) = authority_and_path(url)?;
        Some(Self { host: host.to_owned(), segments: split(path).map(str::to_owned).collect() })
    }
}

/// Host (with its port, when one is written) and path of an absolute URL; user information is left out.
#[must_use]
pub fn authority_and_path(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.trim().split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.strip_suffix(":443").or_else(|| host.strip_suffix(":80")).unwrap_or(host);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    Some((host, path))
}

fn without_port(host: &str) -> &str {
    let port = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    host.rsplit_once(':').filter(|(_, after)| port(after)).map_or(host, |(before, _)| before)
}

fn split_base(uri: &str) -> (Vec<Server>, &str) {
    match authority_and_path(uri) {
        Some((host, path)) => (vec![Server { host: host.to_owned(), segments: Vec::new() }], path),
        None => (Vec::new(), uri),
    }
}

fn split(path: &str) -> impl Iterator<Item = &str> {
    path.trim_end_matches('/')
        .split('/')
        .skip(usize::from(path.starts_with('/')))
        .filter(|_| !path.trim_matches('/').is_empty())
}

fn decode(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_for_the_route_of_its_method_and_path() {
        let check = |request: &str, expected: Option<(&[(&str, &str)], bool)>| {
            let servers = ["https://api.zoom.us/v2".to_owned(), "https://api.eu.example/zoom/v2".to_owned()];
            let route = Route::new("GET", "{{server}}/users/{{user_id}}", &servers);
            let (method, uri) = request.split_once(' ').expect("a method and a URI");
            let (host, path) = authority_and_path(uri).expect("an absolute URI");
            let found = route.matches(method, host, path).map(|found| (found.variables, found.own_host));
            let variables =
                |list: &[(&str, &str)]| list.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect::<Vec<_>>();
            assert_eq!(found, expected.map(|(list, own)| (variables(list), own)), "{request}");
        };
        check("GET https://api.zoom.us/v2/users/7", Some((&[("user_id", "7")], true)));
        check("get https://API.zoom.us/v2/users/7/", Some((&[("user_id", "7")], true)));
        check("GET https://api.zoom.us:443/v2/users/7?x=1", Some((&[("user_id", "7")], true)));
        check("GET https://api.zoom.us/v2/users/a%40b.example", Some((&[("user_id", "a@b.example")], true)));
        check("GET https://api.eu.example/zoom/v2/users/7", Some((&[("user_id", "7")], true)));
        check("GET http://localhost:8080/v2/users/7", Some((&[("user_id", "7")], false)));
        check(
            "GET https://api.zoom.us/v2/users/${create.output.response.body.id}",
            Some((&[("user_id", "${create.output.response.body.id}")], true)),
        );
        check("POST https://api.zoom.us/v2/users/7", None);
        check("GET https://api.zoom.us/users/7", None);
        check("GET https://api.zoom.us/v2/users", None);
        check("GET https://api.zoom.us/v2/users/", None);
        check("GET https://api.zoom.us/v2/users/7/settings", None);
        check("GET https://api.zoom.us/v2/groups/7", None);
    }

    #[test]
    fn a_variable_may_be_a_part_of_a_segment() {
        let check = |path: &str, expected: Option<&str>| {
            let route = Route::new("GET", "https://example.com/a/{{sid}}.json/{{from}}...{{to}}", &[]);
            let found = route.matches("GET", "example.com", path).map(|found| {
                found.variables.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
            });
            assert_eq!(found.as_deref(), expected, "{path}");
        };
        check("/a/AC1.json/1...2", Some("sid=AC1 from=1 to=2"));
        check("/a/AC1/1...2", None);
        check("/a/.json/1...2", None);
        assert_eq!(Route::new("GET", "{{server}}/a/{{sid}}.json", &[]).path(), "/a/{sid}.json");
    }

    #[test]
    fn the_path_reads_as_a_template() {
        let route = Route::new("GET", "{{server}}/users/{{{user_id}}}?x={{y}}", &[]);
        assert_eq!(route.path(), "/users/{user_id}");
        assert_eq!(Route::new("GET", "https://example.com/a/{b}", &[]).path(), "/a/{b}");
        let has = |host: &str| Route::new("GET", "https://example.com:8443/a", &[]).has_host(host);
        assert!(has("EXAMPLE.com") && has("example.com:8443"));
        assert!(!has("example.com:1") && !has("example.org") && !has("evil.example.com"));
    }
}
