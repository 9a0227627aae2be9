//! What a provider's process answers, byte by byte: what the generated code could not show.

use std::path::Path;

use bytes::{Buf as _, BufMut as _};
use http::uri::PathAndQuery;
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::support::Process;

/// Messages as they are.
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, message: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&message);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let length = buffer.remaining();
        Ok(Some(buffer.copy_to_bytes(length).to_vec()))
    }
}

async fn connect(process: &Process) -> Channel {
    let socket = process.address().to_owned();
    let connector = tower::service_fn(move |_uri: http::Uri| {
        let socket = socket.clone();
        async move {
            tokio::net::UnixStream::connect(socket)
                .await
                .map(TokioIo::new)
        }
    });
    Endpoint::from_static("http://provider")
        .connect_with_connector(connector)
        .await
        .unwrap()
}

async fn call(
    channel: &Channel,
    method: &'static str,
    message: Vec<u8>,
) -> Result<Vec<u8>, Status> {
    let mut client = Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let path = PathAndQuery::from_static(method);
    let answered = client.unary(Request::new(message), path, Raw).await?;
    Ok(answered.into_inner())
}

const PLAN: &str = "/tfplugin6.Provider/PlanResourceChange";
const APPLY: &str = "/tfplugin6.Provider/ApplyResourceChange";
const SHUTDOWN: &str = "/plugin.GRPCController/Shutdown";

/// A field of bytes in a message, of which there are fewer than 16384.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let low = u8::try_from(bytes.len() % 128).unwrap();
    let high = u8::try_from(bytes.len() / 128).unwrap();
    [&[number << 3 | 2, low | 0x80, high], bytes].concat()
}

/// The numbers of a message's fields, in order.
fn field_numbers(mut message: &[u8]) -> Vec<u64> {
    fn varint(message: &mut &[u8]) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let byte = message.get_u8();
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        value
    }
    let mut numbers = Vec::new();
    while message.has_remaining() {
        let key = varint(&mut message);
        numbers.push(key >> 3);
        let value = varint(&mut message);
        // A number is its own value; of bytes, their length comes first.
        assert!(matches!(key & 7, 0 | 2), "a field of another kind");
        if key & 7 == 2 {
            message.advance(usize::try_from(value).unwrap());
        }
    }
    numbers
}

const NULL: &[u8] = &[0xc0];
const UNKNOWN: &[u8] = &[0xd4, 0, 0];

/// A job of the example `patient`, as MessagePack.
fn job(directory: &Path, result: &[u8]) -> Vec<u8> {
    let text = |text: &str| {
        let length = u8::try_from(text.len()).unwrap();
        [&[0xd9, length], text.as_bytes()].concat()
    };
    let directory = directory.to_str().unwrap();
    let mut object = vec![0x83];
    object.extend([text("directory"), text(directory)].concat());
    object.extend([text("name"), text("slow")].concat());
    object.extend([&text("result"), result].concat());
    object
}

/// A request to plan or to apply the creation of a job.
fn creation(directory: &Path) -> Vec<u8> {
    let value = |bytes: &[u8]| field(1, bytes);
    [
        field(1, b"patient_job"),
        field(2, &value(NULL)),
        field(3, &value(&job(directory, UNKNOWN))),
        field(4, &value(&job(directory, NULL))),
    ]
    .concat()
}

/// With `legacy_type_system` set, Terraform would forgive a provider that plans one thing and does
/// another.
#[tokio::test]
async fn legacy_type_system_is_never_set() {
    let tmp = tempfile::tempdir().unwrap();
    let process = Process::start("patient", tmp.path(), None);
    let channel = connect(&process).await;
    std::fs::write(tmp.path().join("slow.done"), "").unwrap();
    let planned = call(&channel, PLAN, creation(tmp.path())).await.unwrap();
    // The planned state and nothing else: the flag is number 5.
    assert_eq!(field_numbers(&planned), [1]);
    let applied = call(&channel, APPLY, creation(tmp.path())).await.unwrap();
    // The new state and nothing else: the flag is number 4.
    assert_eq!(field_numbers(&applied), [1]);
    assert!(tmp.path().join("slow").exists(), "it was applied");
}

/// What is running is not waited for, and not asked to finish either: Terraform has taken what it
/// wanted by then.
#[tokio::test]
async fn shutdown_ends_the_process_in_the_middle_of_a_call() {
    let tmp = tempfile::tempdir().unwrap();
    let mut process = Process::start("patient", tmp.path(), None);
    let channel = connect(&process).await;
    let request = creation(tmp.path());
    let mut creating = JoinSet::new();
    let caller = channel.clone();
    creating.spawn(async move { call(&caller, APPLY, request).await });
    while !tmp.path().join("slow").exists() {
        tokio::task::yield_now().await;
    }
    // The answer may get lost with the process.
    drop(call(&channel, SHUTDOWN, Vec::new()).await);
    let creation = creating.join_next().await.unwrap().unwrap();
    assert!(creation.is_err(), "the call was answered: {creation:?}");
    assert_eq!(process.child.wait().unwrap().code(), Some(0));
    assert!(!Path::new(process.address()).exists());
}
