//! What can go wrong with a database.

/// Why a database cannot be used. `name` is its URL without the password.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DatabaseError {
    /// The program was built without it.
    #[error("`{name}` cannot be used: this legwork was built without PostgreSQL")]
    NotBuilt {
        /// The database.
        name: Box<str>,
    },
    /// Its URL asks for TLS, which the program was built without.
    #[error("`{name}` asks for TLS: this legwork was built without it")]
    NoTls {
        /// The database.
        name: Box<str>,
    },
    /// The URL cannot be understood.
    #[error("`{name}` is not the URL of a PostgreSQL database: {why}")]
    Address {
        /// The database.
        name: Box<str>,
        /// What is wrong.
        why: String,
    },
    /// Nobody answers, or the connection was lost and could not be opened again in time.
    #[error("the database `{name}` does not answer: {why}")]
    Away {
        /// The database.
        name: Box<str>,
        /// What the last try came to.
        why: String,
    },
    /// The server does not let us in.
    #[error("the database `{name}` cannot be opened: {said}")]
    Refused {
        /// The database.
        name: Box<str>,
        /// What the server said.
        said: String,
    },
    /// A newer version made its tables.
    #[error("the tables in `{name}` have format {found}, which this version does not read")]
    Newer {
        /// The database.
        name: Box<str>,
        /// Their format.
        found: i64,
    },
    /// What was to be written is there already.
    #[error("the database `{name}` has it already: {said}")]
    Taken {
        /// The database.
        name: Box<str>,
        /// What the server said.
        said: String,
    },
    /// The server refused a statement.
    #[error("the database `{name}` failed: {said}")]
    Failed {
        /// The database.
        name: Box<str>,
        /// What the server said.
        said: String,
    },
}

impl DatabaseError {
    /// What can be done about it, in one sentence.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotBuilt { .. } => "build it with the feature `postgres`, which the default build has",
            Self::NoTls { .. } => "build it with the feature `tls`, which the default build has",
            Self::Address { .. } => "write it as in postgres://legwork@db.example.com:5432/legwork?sslmode=require",
            Self::Away { .. } => "check the host, the port and the network; nothing is lost, and it is tried again",
            Self::Refused { .. } => {
                "check the user and the database; the password is the secret `ledger_password`, or stands in the URL"
            }
            Self::Newer { .. } => "use the version that made them, or a newer one",
            Self::Taken { .. } | Self::Failed { .. } => {
                "the user needs to read and write the tables legwork_binding and legwork_rate, and to make them once"
            }
        }
    }
}
