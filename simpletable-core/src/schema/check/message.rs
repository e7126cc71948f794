//! The text of a compile error, put together where nothing can be allocated.

/// A message that is built up and then becomes the compile error.
pub(super) struct Message {
    text: [u8; Self::CAPACITY],
    len: usize,
}

impl Message {
    const CAPACITY: usize = 1024;

    pub(super) const fn new() -> Self {
        Self { text: [0; Self::CAPACITY], len: 0 }
    }

    /// Adds `text`, or nothing where it does not fit: a shorter message is better than none.
    pub(super) const fn push(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        if bytes.len() > Self::CAPACITY - self.len {
            return self;
        }
        let mut i = 0;
        while i < bytes.len() {
            self.text[self.len] = bytes[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    /// Adds a name in backticks.
    pub(super) const fn name(self, name: &str) -> Self {
        self.push("`").push(name).push("`")
    }

    /// Begins the line that says what to write.
    pub(super) const fn help(self, text: &str) -> Self {
        self.push("\nhelp: ").push(text)
    }

    pub(super) const fn as_str(&self) -> &str {
        match str::from_utf8(self.text.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => unreachable!(),
        }
    }

    /// Stops the compiler, which prints the message.
    #[track_caller]
    pub(super) const fn fail(self) -> ! {
        panic!("{}", self.as_str())
    }
}
