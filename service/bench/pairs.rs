//! Joins an event and leaves it again, over and over on many connections, for `bench.py`; prints the pairs.
//!
//! ```text
//! pairs ADDRESS EVENT CONNECTIONS SECONDS
//! ```
//!
//! Everybody has a name and a connection of their own. An answer other than 201 and 204 ends it all with an error.

use std::{
    env,
    error::Error,
    io::{self, Read as _, Write as _},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [address, event, connections, seconds] = &arguments[..] else {
        return Err("usage: pairs ADDRESS EVENT CONNECTIONS SECONDS".into());
    };
    let end = Instant::now() + Duration::from_secs(seconds.parse()?);
    let connections: u32 = connections.parse()?;
    let pairs = thread::scope(|scope| {
        let people: Vec<_> = (0..connections)
            .map(|person| scope.spawn(move || join_and_leave(address, event, person, end)))
            .collect();
        let mut pairs = 0;
        for person in people {
            pairs += person.join().map_err(|_| "a thread panicked")??;
        }
        Ok::<u64, Box<dyn Error>>(pairs)
    })?;
    writeln!(io::stdout(), "{pairs}")?;
    Ok(())
}

/// How many pairs there were until the end.
fn join_and_leave(address: &str, event: &str, person: u32, end: Instant) -> io::Result<u64> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let body = format!(r#"{{"user_name":"runner-{person}"}}"#);
    let join = format!(
        "POST /events/{event}/join HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len(),
    );
    let leave = format!(
        "DELETE /events/{event}/join?user_name=runner-{person} HTTP/1.1\r\nhost: {address}\r\n\r\n",
    );
    let mut pairs = 0;
    while Instant::now() < end {
        ask(&mut stream, &join, "HTTP/1.1 201 ")?;
        ask(&mut stream, &leave, "HTTP/1.1 204 ")?;
        pairs += 1;
    }
    Ok(pairs)
}

fn ask(stream: &mut TcpStream, request: &str, expected: &str) -> io::Result<()> {
    stream.write_all(request.as_bytes())?;
    let mut buffer = [0; 4096];
    let mut length = 0;
    while !is_whole(&buffer[..length]) {
        let read = stream.read(&mut buffer[length..])?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        length += read;
    }
    let answer = String::from_utf8_lossy(&buffer[..length]);
    if answer.starts_with(expected) {
        Ok(())
    } else {
        Err(io::Error::other(answer.into_owned()))
    }
}

/// Whether all of an answer is here, its body included.
fn is_whole(answer: &[u8]) -> bool {
    let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let text = String::from_utf8_lossy(&answer[..head]);
    let body = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().ok())?
    });
    answer.len() >= head + 4 + body.unwrap_or(0)
}
