//! The options of curl, and reading them.

/// Options with a value: long name, letter.
const WITH_VALUE: &[(&str, &str)] = &[
    ("abstract-unix-socket", ""),
    ("alt-svc", ""),
    ("aws-sigv4", ""),
    ("cacert", ""),
    ("capath", ""),
    ("cert", "E"),
    ("cert-type", ""),
    ("ciphers", ""),
    ("config", "K"),
    ("connect-timeout", ""),
    ("connect-to", ""),
    ("continue-at", "C"),
    ("cookie", "b"),
    ("cookie-jar", "c"),
    ("create-file-mode", ""),
    ("crlfile", ""),
    ("curves", ""),
    ("data", "d"),
    ("data-ascii", ""),
    ("data-binary", ""),
    ("data-raw", ""),
    ("data-urlencode", ""),
    ("delegation", ""),
    ("dns-interface", ""),
    ("dns-ipv4-addr", ""),
    ("dns-ipv6-addr", ""),
    ("dns-servers", ""),
    ("doh-url", ""),
    ("dump-header", "D"),
    ("egd-file", ""),
    ("engine", ""),
    ("etag-compare", ""),
    ("etag-save", ""),
    ("expect100-timeout", ""),
    ("form", "F"),
    ("form-string", ""),
    ("ftp-account", ""),
    ("ftp-method", ""),
    ("ftp-port", "P"),
    ("happy-eyeballs-timeout-ms", ""),
    ("haproxy-clientip", ""),
    ("header", "H"),
    ("hostpubmd5", ""),
    ("hsts", ""),
    ("interface", ""),
    ("ipfs-gateway", ""),
    ("json", ""),
    ("keepalive-time", ""),
    ("key", ""),
    ("key-type", ""),
    ("krb", ""),
    ("libcurl", ""),
    ("limit-rate", ""),
    ("local-port", ""),
    ("login-options", ""),
    ("mail-auth", ""),
    ("mail-from", ""),
    ("mail-rcpt", ""),
    ("max-filesize", ""),
    ("max-redirs", ""),
    ("max-time", "m"),
    ("netrc-file", ""),
    ("noproxy", ""),
    ("oauth2-bearer", ""),
    ("output", "o"),
    ("output-dir", ""),
    ("parallel-max", ""),
    ("pass", ""),
    ("pinnedpubkey", ""),
    ("preproxy", ""),
    ("proto", ""),
    ("proto-default", ""),
    ("proto-redir", ""),
    ("proxy", "x"),
    ("proxy-cacert", ""),
    ("proxy-cert", ""),
    ("proxy-header", ""),
    ("proxy-key", ""),
    ("proxy-pass", ""),
    ("proxy-user", "U"),
    ("proxy1.0", ""),
    ("pubkey", ""),
    ("quote", "Q"),
    ("random-file", ""),
    ("range", "r"),
    ("rate", ""),
    ("referer", "e"),
    ("request", "X"),
    ("request-target", ""),
    ("resolve", ""),
    ("retry", ""),
    ("retry-delay", ""),
    ("retry-max-time", ""),
    ("sasl-authzid", ""),
    ("service-name", ""),
    ("socks4", ""),
    ("socks4a", ""),
    ("socks5", ""),
    ("socks5-hostname", ""),
    ("speed-limit", "Y"),
    ("speed-time", "y"),
    ("stderr", ""),
    ("telnet-option", "t"),
    ("tftp-blksize", ""),
    ("time-cond", "z"),
    ("tls-max", ""),
    ("tls13-ciphers", ""),
    ("tlsauthtype", ""),
    ("tlspassword", ""),
    ("tlsuser", ""),
    ("trace", ""),
    ("trace-ascii", ""),
    ("trace-config", ""),
    ("unix-socket", ""),
    ("upload-file", "T"),
    ("url", ""),
    ("url-query", ""),
    ("user", "u"),
    ("user-agent", "A"),
    ("variable", ""),
    ("vlan-priority", ""),
    ("write-out", "w"),
];

/// Options without a value that change what is sent: long name, letter.
const PLAIN: &[(&str, &str)] = &[
    ("get", "G"),
    ("head", "I"),
    ("insecure", "k"),
    ("location", "L"),
    ("globoff", "g"),
    ("path-as-is", ""),
    ("next", ":"),
    ("compressed", ""),
    ("compressed-ssh", ""),
    ("basic", ""),
    ("digest", ""),
    ("ntlm", ""),
    ("negotiate", ""),
    ("anyauth", ""),
    ("netrc", "n"),
    ("form-escape", ""),
    ("use-ascii", "B"),
    ("remote-name", "O"),
    ("remote-name-all", ""),
];

/// Options with a value that change nothing of the call, or that Legwork does by itself.
const PASSED_OVER: &[&str] = &[
    "output",
    "output-dir",
    "write-out",
    "dump-header",
    "cookie-jar",
    "stderr",
    "trace",
    "trace-ascii",
    "trace-config",
    "libcurl",
    "max-redirs",
    "retry",
    "retry-delay",
    "retry-max-time",
    "limit-rate",
    "speed-limit",
    "speed-time",
    "keepalive-time",
    "create-file-mode",
    "etag-save",
    "expect100-timeout",
    "happy-eyeballs-timeout-ms",
    "parallel-max",
    "rate",
    "proto",
    "proto-redir",
    "tls-max",
    "max-filesize",
    "alt-svc",
    "hsts",
];

/// The arguments of one transfer of a command: between two `--next`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Given {
    /// Options in their order, by long name.
    pub(super) options: Vec<(&'static str, Option<String>)>,
    pub(super) urls: Vec<String>,
}

/// Reads arguments.
pub(super) struct Arguments;

impl Arguments {
    /// The transfers; what is not understood is told.
    pub(super) fn read(words: Vec<String>, losses: &mut Vec<String>) -> Vec<Given> {
        let mut all = vec![Given::default()];
        let mut words = words.into_iter();
        let mut only_urls = false;
        while let Some(word) = words.next() {
            let Some(given) = all.last_mut() else { break };
            match word.strip_prefix("--") {
                _ if only_urls => given.urls.push(word),
                Some("") => only_urls = true,
                Some("next") => all.push(Given::default()),
                Some(name) => long(name, &mut words, given, losses),
                None if word.len() > 1 && word.starts_with('-') => {
                    if letters(word.get(1..).unwrap_or_default(), &mut words, given) {
                        all.push(Given::default());
                    }
                }
                None => given.urls.push(word),
            }
        }
        for given in &mut all {
            let urls: Vec<String> = given
                .options
                .iter()
                .filter(|(name, _)| *name == "url")
                .filter_map(|(_, value)| value.clone())
                .collect();
            given.urls.splice(0..0, urls);
        }
        all.retain(|given| !given.urls.is_empty());
        all
    }
}

fn long(name: &str, words: &mut impl Iterator<Item = String>, given: &mut Given, losses: &mut Vec<String>) {
    // `--request=POST` is no way of curl's, but people write it.
    let (name, inline) = match name.split_once('=') {
        Some((name, value)) if find(WITH_VALUE, name).is_some() => (name, Some(value.to_owned())),
        _ => (name, None),
    };
    let name = if name == "data-ascii" { "data" } else { name };
    if let Some(known) = find(PLAIN, name).filter(|_| inline.is_none()) {
        given.options.push((known, None));
    } else if let Some(known) = find(WITH_VALUE, name) {
        let Some(value) = inline.or_else(|| words.next()) else { return };
        keep(known, value, given, losses);
    } else if let Some(expanded) = name.strip_prefix("expand-").and_then(|name| find(WITH_VALUE, name)) {
        losses.push(format!("`--expand-{expanded}`: variables of curl's own are not replaced"));
        if let Some(value) = words.next() {
            keep(expanded, value, given, losses);
        }
    }
}

fn keep(name: &'static str, value: String, given: &mut Given, losses: &mut Vec<String>) {
    const KEPT: &[&str] = &[
        "aws-sigv4",
        "connect-timeout",
        "cookie",
        "data",
        "data-binary",
        "data-raw",
        "data-urlencode",
        "form",
        "form-string",
        "header",
        "json",
        "max-time",
        "oauth2-bearer",
        "range",
        "referer",
        "request",
        "upload-file",
        "url",
        "url-query",
        "user",
        "user-agent",
    ];
    if KEPT.contains(&name) {
        given.options.push((name, Some(value)));
    } else if !PASSED_OVER.contains(&name) {
        losses.push(match name {
            "proxy" | "socks5" | "socks5-hostname" | "socks4" | "socks4a" | "preproxy" | "noproxy" | "proxy-user" => {
                format!("`--{name}` is a setting of the network: give it as --proxy, or in legwork.toml")
            }
            "cacert" | "capath" => format!("`--{name}` is a setting of the network: give it as --ca"),
            "cert" | "key" | "cert-type" | "key-type" | "pass" => {
                format!("`--{name}` is a setting of the network: give it as --client-certificate, or as auth `mtls`")
            }
            _ => format!("`--{name}` is left out"),
        });
    }
}

/// One word of letters, `-sSXPOST`; says whether the next transfer begins.
fn letters(letters: &str, words: &mut impl Iterator<Item = String>, given: &mut Given) -> bool {
    let mut rest = letters.chars();
    while let Some(letter) = rest.next() {
        let is = |known: &&(&'static str, &str)| known.1.len() == 1 && known.1.starts_with(letter);
        if let Some((name, _)) = WITH_VALUE.iter().find(is) {
            let value = rest.as_str();
            let value = if value.is_empty() { words.next() } else { Some(value.to_owned()) };
            let mut losses = Vec::new();
            if let Some(value) = value {
                keep(name, value, given, &mut losses);
            }
            given.options.extend(losses.into_iter().map(|loss| ("", Some(loss))));
            return false;
        }
        match PLAIN.iter().find(is) {
            Some(("next", _)) => return true,
            Some((name, _)) => given.options.push((name, None)),
            None => {}
        }
    }
    false
}

/// The option of that name in the table, or the only option at all that starts so: curl takes a beginning that is clear.
fn find(table: &[(&'static str, &str)], name: &str) -> Option<&'static str> {
    let all = || WITH_VALUE.iter().chain(PLAIN).map(|(known, _)| *known);
    let mut starts = all().filter(|known| name.len() > 2 && known.starts_with(name));
    let clear = || starts.next().filter(|_| starts.next().is_none());
    let known = all().find(|known| *known == name).or_else(clear)?;
    table.iter().any(|(own, _)| *own == known).then_some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &[&str], options: &[(&str, Option<&str>)], urls: &[&str]) {
        let read = Arguments::read(words.iter().map(|word| (*word).to_owned()).collect(), &mut Vec::new());
        let given = read.first().expect("a transfer");
        let found: Vec<_> = given.options.iter().map(|(name, value)| (*name, value.as_deref())).collect();
        assert_eq!(
            (found.as_slice(), given.urls.iter().map(String::as_str).collect::<Vec<_>>().as_slice()),
            (options, urls)
        );
    }

    #[test]
    fn options_are_read_as_curl_does() {
        check(&["-X", "POST", "u"], &[("request", Some("POST"))], &["u"]);
        check(
            &["-XPOST", "-sSLd", "a", "u"],
            &[("request", Some("POST")), ("location", None), ("data", Some("a"))],
            &["u"],
        );
        check(&["--request", "PUT", "--url", "u", "-o", "f"], &[("request", Some("PUT")), ("url", Some("u"))], &["u"]);
        check(&["--glob", "u"], &[("globoff", None)], &["u"]);
        check(&["--head", "u"], &[("head", None)], &["u"]);
        check(&["-d", "-x", "u"], &[("data", Some("-x"))], &["u"]);
        check(&["--data-ascii", "a", "u"], &[("data", Some("a"))], &["u"]);
        check(&["-kv#", "--silent", "u", "--", "-w"], &[("insecure", None)], &["u", "-w"]);
    }

    #[test]
    fn transfers_are_told_apart() {
        let words = ["a", "-d", "x", "--next", "b", "-:", "c"].map(str::to_owned).to_vec();
        let read = Arguments::read(words, &mut Vec::new());
        assert_eq!(read.iter().map(|given| given.urls.concat()).collect::<Vec<_>>(), ["a", "b", "c"]);
    }
}
